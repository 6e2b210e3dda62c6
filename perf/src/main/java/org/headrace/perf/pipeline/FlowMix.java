package org.headrace.perf.pipeline;

/** What packets there are: kinds of flows, and sizes. */
public enum FlowMix
{
    /** Established TCP, both directions alike, small segments. */
    TCP(new FlowKind[]{FlowKind.TCP4}, new int[]{60}),
    /** The same, and the service has an access list of ten thousand prefixes. */
    ACL(new FlowKind[]{FlowKind.TCP4}, new int[]{60}),
    /** UDP, both directions alike, small datagrams. */
    UDP(new FlowKind[]{FlowKind.UDP4}, new int[]{60}),
    /** Established TCP over IPv6, both directions alike, small segments. */
    TCP6(new FlowKind[]{FlowKind.TCP6}, new int[]{80}),
    /** Six of ten flows TCP, two UDP, two TCP over IPv6; the sizes of the "simple Internet mix" 7 : 4 : 1. */
    IMIX(
        new FlowKind[]{
            FlowKind.TCP4, FlowKind.UDP4, FlowKind.TCP4, FlowKind.TCP4, FlowKind.TCP6, FlowKind.TCP4, FlowKind.UDP4,
            FlowKind.TCP4, FlowKind.TCP4, FlowKind.TCP6},
        new int[]{64, 576, 64, 64, 576, 64, 1500, 64, 576, 64, 576, 64});

    private final FlowKind[] kinds;
    private final int[] rank;
    private final int[] flowsOfKind = new int[FlowKind.values().length];
    private final int[] ipLengths;

    FlowMix(final FlowKind[] kinds, final int[] ipLengths)
    {
        this.kinds = kinds;
        this.ipLengths = ipLengths;
        this.rank = new int[kinds.length];
        for (int i = 0; i < kinds.length; i++)
        {
            rank[i] = flowsOfKind[kinds[i].ordinal()]++;
        }
    }

    FlowKind kind(final long flow)
    {
        return kinds[(int)(flow % kinds.length)];
    }

    /** @param flow opened in the order of the numbers. @return number of the server that round robin gives it. */
    int server(final long flow)
    {
        final int place = (int)(flow % kinds.length);
        final long earlier = flow / kinds.length * flowsOfKind[kinds[place].ordinal()] + rank[place];
        return (int)(earlier % FlowKind.SERVERS);
    }

    /** @param number of the packet. @return its IP length in bytes. */
    int ipLength(final long number)
    {
        return ipLengths[(int)(number % ipLengths.length)];
    }
}
