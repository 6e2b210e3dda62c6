package org.headrace.conntrack;

import java.util.List;

/**
 * What a TCP segment does to the state of its connection, seen from between the two ends: behaviour of IPVS, states
 * of RFC 9293.
 *
 * <p>One table for each way of looking: segments from the client, segments from the server, and segments from the
 * client when the server answers past us (direct return, tunnel), so that one end's segments must stand for both.
 */
public final class TcpTransitionTable
{
    /** Segments from the client, answers come through us as well. */
    public static final int INPUT = ConnectionTable.IN;
    /** Segments from the server. */
    public static final int OUTPUT = ConnectionTable.REPLY;
    /** Segments from the client, answers never come through us. */
    public static final int INPUT_ONLY = 2;

    private static final int FIN = 0x01;
    private static final int SYN = 0x02;
    private static final int RST = 0x04;
    private static final int ACK = 0x10;

    /** State names across, the four events down, for each of the three ways of looking. */
    private static final String COLUMNS =
        "                               NO  ES  SS  SR  FW  TW  CL  CW  LA  LI  SA";
    private static final List<String> ROWS = List.of(
        "INPUT       syn                SR  ES  ES  SR  SR  SR  SR  SR  SR  SR  SR",
        "INPUT       fin                CL  CW  SS  TW  TW  TW  CL  CW  LA  LI  TW",
        "INPUT       ack                CL  ES  SS  ES  FW  TW  CL  CW  CL  LI  ES",
        "INPUT       rst                CL  CL  CL  SR  CL  CL  CL  CL  LA  LI  SR",

        "OUTPUT      syn                SS  ES  SS  SR  SS  SS  SS  SS  SS  LI  SR",
        "OUTPUT      fin                TW  FW  SS  TW  FW  TW  CL  TW  LA  LI  TW",
        "OUTPUT      ack                ES  ES  SS  ES  FW  TW  CL  CW  LA  ES  ES",
        "OUTPUT      rst                CL  CL  SS  CL  CL  TW  CL  CL  CL  CL  CL",

        "INPUT_ONLY  syn                SR  ES  ES  SR  SR  SR  SR  SR  SR  SR  SR",
        "INPUT_ONLY  fin                CL  FW  SS  TW  FW  TW  CL  CW  LA  LI  TW",
        "INPUT_ONLY  ack                CL  ES  SS  ES  FW  TW  CL  CW  CL  LI  ES",
        "INPUT_ONLY  rst                CL  CL  CL  SR  CL  CL  CL  CL  LA  LI  CL");

    private static final int EVENTS_IN_TABLE = 4;
    private static final int NO_EVENT = EVENTS_IN_TABLE;
    private static final int EVENTS = EVENTS_IN_TABLE + 1;
    private static final int STATES = 16;
    private static final byte[] EVENT_BY_FLAGS = eventByFlags();
    private static final byte[] NEXT = compile();

    private TcpTransitionTable()
    {
    }

    /**
     * @param direction {@link #INPUT}, {@link #OUTPUT} or {@link #INPUT_ONLY}.
     * @param tcpFlags  the flag byte of the segment. RST counts before SYN before FIN before ACK.
     * @param state     of the connection, one of {@link TcpState}.
     * @return its next state; the same one if the segment has none of the four flags, or the connection is not TCP.
     */
    public static int next(final int direction, final int tcpFlags, final int state)
    {
        final int event = EVENT_BY_FLAGS[tcpFlags & 0x1F];
        return NEXT[(direction * EVENTS + event) * STATES + state];
    }

    private static byte[] eventByFlags()
    {
        final byte[] events = new byte[0x20];
        for (int flags = 0; flags < events.length; flags++)
        {
            if ((flags & RST) != 0)
            {
                events[flags] = 3;
            }
            else if ((flags & SYN) != 0)
            {
                events[flags] = 0;
            }
            else if ((flags & FIN) != 0)
            {
                events[flags] = 1;
            }
            else
            {
                events[flags] = (byte)((flags & ACK) != 0 ? 2 : NO_EVENT);
            }
        }
        return events;
    }

    private static byte[] compile()
    {
        final List<String> columns = List.of(COLUMNS.trim().split(" +"));
        final byte[] next = new byte[3 * EVENTS * STATES];
        for (int i = 0; i < next.length; i++)
        {
            next[i] = (byte)(i % STATES);
        }
        for (int row = 0; row < ROWS.size(); row++)
        {
            final String[] cells = ROWS.get(row).split(" +");
            final int first = (row / EVENTS_IN_TABLE * EVENTS + row % EVENTS_IN_TABLE) * STATES;
            for (int state = 0; state < columns.size(); state++)
            {
                next[first + state] = (byte)columns.indexOf(cells[state + 2]);
            }
        }
        return next;
    }
}
