package org.headrace.conntrack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;

/** Every cell of the three tables, written down a second time, by state and in words, so that a slip shows. */
class TcpTransitionTableTest
{
    private static final int FIN = 1;
    private static final int SYN = 2;
    private static final int RST = 4;
    private static final int PSH = 8;
    private static final int ACK = 16;
    private static final int URG = 32;

    /** One cell: what a segment does in a state. */
    record Cell(String direction, String event, String state, String next)
    {
    }

    /** Column by column: state | syn fin ack rst of INPUT | of OUTPUT | of INPUT_ONLY. */
    private static final String COLUMNS = """
        NONE        | SYN_RECV CLOSE CLOSE CLOSE | SYN_SENT TIME_WAIT ESTABLISHED CLOSE | SYN_RECV CLOSE CLOSE CLOSE
        ESTABLISHED | ESTABLISHED CLOSE_WAIT ESTABLISHED CLOSE | ESTABLISHED FIN_WAIT ESTABLISHED CLOSE \
        | ESTABLISHED FIN_WAIT ESTABLISHED CLOSE
        SYN_SENT    | ESTABLISHED SYN_SENT SYN_SENT CLOSE | SYN_SENT SYN_SENT SYN_SENT SYN_SENT \
        | ESTABLISHED SYN_SENT SYN_SENT CLOSE
        SYN_RECV    | SYN_RECV TIME_WAIT ESTABLISHED SYN_RECV | SYN_RECV TIME_WAIT ESTABLISHED CLOSE \
        | SYN_RECV TIME_WAIT ESTABLISHED SYN_RECV
        FIN_WAIT    | SYN_RECV TIME_WAIT FIN_WAIT CLOSE | SYN_SENT FIN_WAIT FIN_WAIT CLOSE \
        | SYN_RECV FIN_WAIT FIN_WAIT CLOSE
        TIME_WAIT   | SYN_RECV TIME_WAIT TIME_WAIT CLOSE | SYN_SENT TIME_WAIT TIME_WAIT TIME_WAIT \
        | SYN_RECV TIME_WAIT TIME_WAIT CLOSE
        CLOSE       | SYN_RECV CLOSE CLOSE CLOSE | SYN_SENT CLOSE CLOSE CLOSE | SYN_RECV CLOSE CLOSE CLOSE
        CLOSE_WAIT  | SYN_RECV CLOSE_WAIT CLOSE_WAIT CLOSE | SYN_SENT TIME_WAIT CLOSE_WAIT CLOSE \
        | SYN_RECV CLOSE_WAIT CLOSE_WAIT CLOSE
        LAST_ACK    | SYN_RECV LAST_ACK CLOSE LAST_ACK | SYN_SENT LAST_ACK LAST_ACK CLOSE \
        | SYN_RECV LAST_ACK CLOSE LAST_ACK
        LISTEN      | SYN_RECV LISTEN LISTEN LISTEN | LISTEN LISTEN ESTABLISHED CLOSE \
        | SYN_RECV LISTEN LISTEN LISTEN
        SYNACK      | SYN_RECV TIME_WAIT ESTABLISHED SYN_RECV | SYN_RECV TIME_WAIT ESTABLISHED CLOSE \
        | SYN_RECV TIME_WAIT ESTABLISHED CLOSE
        """;
    private static final List<String> DIRECTIONS = List.of("INPUT", "OUTPUT", "INPUT_ONLY");
    private static final List<String> EVENTS = List.of("syn", "fin", "ack", "rst");

    static List<Cell> cells()
    {
        final List<Cell> cells = new ArrayList<>();
        for (final String column : COLUMNS.strip().split("\n"))
        {
            final String[] parts = column.split("\\|");
            for (int direction = 0; direction < 3; direction++)
            {
                final String[] next = parts[direction + 1].strip().split(" +");
                for (int event = 0; event < 4; event++)
                {
                    cells.add(new Cell(DIRECTIONS.get(direction), EVENTS.get(event), parts[0].strip(), next[event]));
                }
            }
        }
        return cells;
    }

    @Test
    void shouldHaveAllCells()
    {
        assertThat(cells()).hasSize(132).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("cells")
    void shouldGoToNextState(final Cell cell)
    {
        final int flags = switch (cell.event())
        {
            case "syn" -> SYN;
            case "fin" -> FIN;
            case "ack" -> ACK;
            default -> RST;
        };
        final int direction = DIRECTIONS.indexOf(cell.direction());
        assertThat(TcpState.name(TcpTransitionTable.next(direction, flags, state(cell.state()))))
            .isEqualTo(cell.next());
    }

    @Test
    void shouldTakeResetBeforeSynBeforeFinBeforeAck()
    {
        for (int direction = 0; direction < 3; direction++)
        {
            for (int state = 0; state <= TcpState.SYNACK; state++)
            {
                for (int flags = 0; flags < 256; flags++)
                {
                    final int event = (flags & RST) != 0 ? RST : (flags & SYN) != 0 ? SYN :
                        (flags & FIN) != 0 ? FIN : flags & ACK;
                    final int expected = event == 0 ? state : TcpTransitionTable.next(direction, event, state);
                    assertThat(TcpTransitionTable.next(direction, flags, state)).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void shouldLeaveStateIfSegmentHasNoneOfTheFlags()
    {
        for (int state = 0; state < TcpState.COUNT; state++)
        {
            assertThat(TcpTransitionTable.next(TcpTransitionTable.INPUT, PSH | URG, state)).isEqualTo(state);
        }
    }

    @Test
    void shouldLeaveConnectionsThatAreNotTcp()
    {
        for (int flags = 0; flags < 256; flags++)
        {
            assertThat(TcpTransitionTable.next(TcpTransitionTable.OUTPUT, flags, TcpState.UDP))
                .isEqualTo(TcpState.UDP);
        }
    }

    private static int state(final String name)
    {
        for (int state = 0; state < TcpState.COUNT; state++)
        {
            if (TcpState.name(state).equals(name))
            {
                return state;
            }
        }
        throw new AssertionError(name);
    }
}
