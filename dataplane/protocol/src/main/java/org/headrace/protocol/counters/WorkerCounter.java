package org.headrace.protocol.counters;

import org.headrace.protocol.ConnectionState;

/**
 * Counters of one forwarding worker. The ordinal is the counter's place in the file: new ones go to the end.
 */
public enum WorkerCounter
{
    /** Frames taken from the interfaces. */
    RECEIVED("packets received"),
    /** Frames sent on to a server or a client. */
    FORWARDED("packets forwarded"),
    /** Frames answered by ourselves: RST, ICMP. */
    ANSWERED("packets answered"),
    /** Frames handed back to the kernel. */
    PASSED("packets passed to the kernel"),
    /** Bytes of all received frames. */
    RECEIVED_BYTES("bytes received"),
    /** Bytes of all forwarded frames. */
    FORWARDED_BYTES("bytes forwarded"),
    /** Connections in the table now. */
    CONNECTIONS("connections in the table"),
    /** Most connections that the table holds. */
    CAPACITY("connections that fit the table"),
    /** Connections created since start. */
    CREATED("connections created"),
    /** Connections removed by expiry since start. */
    EXPIRED("connections expired"),
    /** Connections removed early to make room. */
    EVICTED("connections evicted from a full table"),
    /** Duty cycles since start. */
    CYCLES("duty cycles"),
    /** Longest duty cycle since start, in nanoseconds. */
    MAX_CYCLE_NS("longest duty cycle, ns"),
    /** Duty cycles longer than the threshold of one millisecond. */
    SLOW_CYCLES("duty cycles over 1 ms"),
    /** Bytes of heap allocated by the worker's thread since it was warm; stays 0. */
    ALLOCATED_BYTES("heap bytes allocated by the worker"),
    /** CPU that the worker is pinned to, or -1. */
    CPU("CPU of the worker"),
    /** Generation that the worker forwards by. */
    GENERATION("generation in force"),
    /** Frames that the kernel dropped because our receive ring was full; not part of RECEIVED. */
    RING_OVERRUN("packets lost before the worker because its ring was full"),
    /** TCP resets sent; part of ANSWERED. */
    ANSWERED_RESET("answered with a TCP reset: no such connection"),
    /** ICMP port unreachable sent because no server takes connections; part of ANSWERED. */
    ANSWERED_NO_SERVER("answered port unreachable: no server takes new connections"),
    /** ICMP time exceeded sent; part of ANSWERED. */
    ANSWERED_TIME_EXCEEDED("answered time exceeded: time to live used up"),
    /** ICMP fragmentation needed or packet too big sent; part of ANSWERED. */
    ANSWERED_TOO_BIG("answered packet too big: longer than the MTU of the way out"),
    /** Odd while the worker counts a batch; see {@link CountersFile#snapshot}. */
    SEQUENCE("sequence of the worker's counters"),
    /** TCP connections in state NONE now. */
    CONNECTIONS_NONE("connections in state NONE"),
    /** TCP connections in state ESTABLISHED now. */
    CONNECTIONS_ESTABLISHED("connections in state ESTABLISHED"),
    /** TCP connections in state SYN_SENT now. */
    CONNECTIONS_SYN_SENT("connections in state SYN_SENT"),
    /** TCP connections in state SYN_RECV now. */
    CONNECTIONS_SYN_RECV("connections in state SYN_RECV"),
    /** TCP connections in state FIN_WAIT now. */
    CONNECTIONS_FIN_WAIT("connections in state FIN_WAIT"),
    /** TCP connections in state TIME_WAIT now. */
    CONNECTIONS_TIME_WAIT("connections in state TIME_WAIT"),
    /** TCP connections in state CLOSE now. */
    CONNECTIONS_CLOSE("connections in state CLOSE"),
    /** TCP connections in state CLOSE_WAIT now. */
    CONNECTIONS_CLOSE_WAIT("connections in state CLOSE_WAIT"),
    /** TCP connections in state LAST_ACK now. */
    CONNECTIONS_LAST_ACK("connections in state LAST_ACK"),
    /** TCP connections in state LISTEN now. */
    CONNECTIONS_LISTEN("connections in state LISTEN"),
    /** TCP connections in state SYNACK now. */
    CONNECTIONS_SYNACK("connections in state SYNACK"),
    /** Connections that are not TCP now. */
    CONNECTIONS_UDP("connections in state UDP"),
    /** TCP segments forwarded whose sequence numbers were doubted, so that they changed no state; part of FORWARDED. */
    DOUBTED("TCP segments forwarded that changed no state: doubtful sequence numbers"),
    /** TCP resets that we originated, because a connection was idle for too long; part of no other counter. */
    RESETS_SENT("TCP resets sent to the ends of connections that were idle for too long"),
    /** Such resets that could not be sent: no way known, or no frame free. */
    RESETS_NOT_SENT("TCP resets to the ends of idle connections that could not be sent"),
    /** New connections whose server a template named. */
    PERSISTENCE_HITS("new connections sent where their client was before"),
    /** Templates made, those included that replaced one of a server that takes nothing any more. */
    PERSISTENCE_CREATED("persistence templates created"),
    /** Templates in use that had to give way, because all places of their bucket were in use. */
    PERSISTENCE_EVICTED("persistence templates evicted from a full bucket"),
    /** New connections that got no template because another thread held the bucket for too long. */
    PERSISTENCE_BUSY("new connections without persistence because their bucket was busy"),
    /** Changed templates that found the queue to the conductor full; the sweep finds them. */
    PERSISTENCE_UNTOLD("changed persistence templates that the queue had no room for"),
    /** Templates in the table, as the last sweep counted them; of all workers, shown with the first. */
    PERSISTENCE_TEMPLATES("persistence templates in the table"),
    /** Most templates that fit; of all workers, shown with the first. */
    PERSISTENCE_CAPACITY("persistence templates that fit the table"),
    /** Templates removed because their time was over; of all workers, shown with the first. */
    PERSISTENCE_EXPIRED("persistence templates expired"),
    /** Templates that the agent has loaded back; of all workers, shown with the first. */
    PERSISTENCE_RESTORED("persistence templates restored from the agent's store"),
    /** Frames of those looked at now and then, whose checksum the sender had left unfinished without a mark. */
    UNFINISHED_CHECKSUMS("frames, of a sample, that came with an unfinished checksum");

    /** Most counters of this kind that a worker's block can hold. */
    public static final int MAX_COUNTERS = 64;

    private static final WorkerCounter[] VALUES = values();

    private final String label;

    WorkerCounter(final String label)
    {
        this.label = label;
    }

    /** @param state of connections. @return the counter of those that are in it. */
    public static WorkerCounter of(final ConnectionState state)
    {
        return VALUES[CONNECTIONS_NONE.ordinal() + state.ordinal()];
    }

    /**
     * @return one line for people.
     */
    public String label()
    {
        return label;
    }
}
