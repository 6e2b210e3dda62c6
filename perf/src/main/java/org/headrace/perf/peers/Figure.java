package org.headrace.perf.peers;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a measured value means.
 *
 * @param name     discipline and figure.
 * @param title    for people.
 * @param unit     of the values.
 * @param decimals shown.
 */
record Figure(String name, String title, String unit, int decimals)
{
    private static final String MPPS = "million packets per second";

    static final String LIMIT_FEW = PeersPlan.PACKETS + "/" + PacketWork.BEST;
    static final String OVERLOAD_FEW = PeersPlan.PACKETS + "/" + PacketWork.OVERLOAD;
    static final String LIMIT_MANY = PeersPlan.FLOWS + "/" + PacketWork.BEST;
    static final String OVERLOAD_MANY = PeersPlan.FLOWS + "/" + PacketWork.OVERLOAD;
    static final String BULK = PeersPlan.STREAMS + "/" + BulkWork.BULK;
    static final String SHORT_ONE = PeersPlan.STREAMS + "/short-1";
    static final String SHORT_THREE = PeersPlan.STREAMS + "/short-3";
    static final String KEEP_ONE = PeersPlan.STREAMS + "/keep-1";
    static final String KEEP_THREE = PeersPlan.STREAMS + "/keep-3";
    static final String WHOLE_BULK = PeersPlan.WHOLE_PACKETS + "/" + BulkWork.BULK;
    static final String WHOLE_SHORT = PeersPlan.WHOLE_PACKETS + "/short-1";
    static final String WHOLE_KEEP = PeersPlan.WHOLE_PACKETS + "/keep-1";
    static final String ALLOCATED = PeersPlan.ALLOCATION + "/" + AllocationWork.BYTES;
    static final String COLLECTIONS = PeersPlan.ALLOCATION + "/" + AllocationWork.COLLECTIONS;
    static final String ALLOCATION_PACKETS = PeersPlan.ALLOCATION + "/" + AllocationWork.PACKETS;
    static final String UPDATES = PeersPlan.CHANGES + "/" + WeightWork.UPDATES;
    static final String CYCLE_WITH = PeersPlan.CHANGES + "/" + WeightWork.CYCLE_WITH;
    static final String CYCLE_WITHOUT = PeersPlan.CHANGES + "/" + WeightWork.CYCLE_WITHOUT;
    static final String LATENCY_WITH = PeersPlan.CHANGES + "/" + WeightWork.LATENCY_WITH;
    static final String LATENCY_WITHOUT = PeersPlan.CHANGES + "/" + WeightWork.LATENCY_WITHOUT;
    static final String GENERATION = PeersPlan.CHANGES + "/" + GenerationWork.MILLIS;
    static final String GENERATION_LOST = PeersPlan.CHANGES + "/" + GenerationWork.LOST;
    static final String GENERATION_SENT = PeersPlan.CHANGES + "/" + GenerationWork.SENT;
    static final String COLD_START = PeersPlan.START + "/" + StartWork.COLD;
    static final String KILL = PeersPlan.START + "/" + StartWork.KILL;

    private static final List<Figure> ALL = List.of(
        new Figure(LIMIT_FEW, "most that arrived at a steady rate", MPPS, 3),
        new Figure(OVERLOAD_FEW, "arrived, generator unlimited", MPPS, 3),
        new Figure(PeersPlan.PACKETS + "/" + PacketWork.OVERLOAD_SENT, "sent, generator unlimited", MPPS, 3),
        new Figure(LIMIT_MANY, "most that arrived at a steady rate", MPPS, 3),
        new Figure(OVERLOAD_MANY, "arrived, generator unlimited", MPPS, 3),
        new Figure(PeersPlan.FLOWS + "/" + PacketWork.OVERLOAD_SENT, "sent, generator unlimited", MPPS, 3),
        new Figure(BULK, "one iperf3 stream", "Gbit/s", 2),
        new Figure(SHORT_ONE, "a connection per request, 1 server", "requests/s", 0),
        new Figure(SHORT_THREE, "a connection per request, 3 servers", "requests/s", 0),
        new Figure(KEEP_ONE, "kept connections, 1 server", "requests/s", 0),
        new Figure(KEEP_THREE, "kept connections, 3 servers", "requests/s", 0),
        new Figure(WHOLE_BULK, "one iperf3 stream", "Gbit/s", 2),
        new Figure(WHOLE_SHORT, "a connection per request, 1 server", "requests/s", 0),
        new Figure(WHOLE_KEEP, "kept connections, 1 server", "requests/s", 0),
        new Figure(PeersPlan.LATENCY + "/p50", "half of the requests within", "µs", 0),
        new Figure(PeersPlan.LATENCY + "/p99", "99 % of the requests within", "µs", 0),
        new Figure(PeersPlan.LATENCY + "/p999", "99.9 % of the requests within", "µs", 0),
        new Figure(PeersPlan.LATENCY + "/" + LatencyWork.RATE, "requests asked for", "per second", 0),
        new Figure(ALLOCATED, "allocated by the worker's thread", "bytes", 0),
        new Figure(COLLECTIONS, "garbage collections meanwhile", "", 0),
        new Figure(ALLOCATION_PACKETS, "packets meanwhile", "million", 1),
        new Figure(UPDATES, "weights set", "per second", 0),
        new Figure(LATENCY_WITH, "request, 99.9 %, while weights are set", "µs", 0),
        new Figure(LATENCY_WITHOUT, "request, 99.9 %, while none is set", "µs", 0),
        new Figure(CYCLE_WITH, "worker's cycle, 99.9 %, while weights are set", "µs", 1),
        new Figure(CYCLE_WITHOUT, "worker's cycle, 99.9 %, while none is set", "µs", 1),
        new Figure(GENERATION, "from the request to read the file to the first answer", "ms", 0),
        new Figure(GENERATION_LOST, "packets of another service lost meanwhile", "", 0),
        new Figure(PeersPlan.CHANGES + "/" + GenerationWork.LOST_BEFORE, "of them on the way to the balancer", "", 0),
        new Figure(PeersPlan.CHANGES + "/" + GenerationWork.LOST_IN_RING, "of them in the receive ring", "", 0),
        new Figure(GENERATION_SENT, "packets of that service sent", "", 0),
        new Figure(COLD_START, "from the start to the first answer", "ms", 0),
        new Figure(KILL, "from kill -9 to the first answer", "ms", 0));

    /** @param name discipline and figure. @return its meaning; a steady rate of the packet generator has none. */
    static Optional<Figure> find(final String name)
    {
        return ALL.stream().filter(figure -> figure.name().equals(name)).findFirst();
    }

    String text(final double value)
    {
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
