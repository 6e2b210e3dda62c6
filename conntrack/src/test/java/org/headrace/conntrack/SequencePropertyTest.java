package org.headrace.conntrack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.headrace.conntrack.ConnectionTable.IN;
import static org.headrace.conntrack.ConnectionTable.REPLY;
import static org.headrace.conntrack.TestTables.TCP;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Two ends that talk through a network which loses, repeats and reorders segments before the tracker sees them and
 * after it: whatever happened, when all is said and acknowledged the tracker knows both numbers exactly, and a reset of
 * either end is believed.
 */
@Timeout(120)
class SequencePropertyTest
{
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final int CONNECTIONS = 2_000;
    private static final int STEPS = 60;
    private static final int ACK = 0x10;
    /** In flight both ways while segments overtake each other by 200 KiB: everything is still believed. */
    private static final int WINDOW = 1 << 16;
    private static final int MAX_PAYLOAD = 32_000;
    private static final int LARGE_WINDOW = 1 << 20;

    /** A segment on its way, with the numbers of its sender when it was sent. */
    private record Segment(int direction, int sequence, int acknowledgement, int payload)
    {
    }

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final ConnectionTable table = TestTables.table(16);
    private final int[] first = new int[2];
    private final int[] sent = new int[2];
    private final int[] received = new int[2];
    private final int[] highestSeen = new int[2];
    private final List<Segment> onTheWay = new ArrayList<>();
    private int index;
    private boolean isLossyBefore;

    @Test
    void shouldKnowBothNumbersExactlyWhenAllIsAcknowledged()
    {
        System.out.println("SequencePropertyTest seed=" + SEED);
        for (int connection = 0; connection < CONNECTIONS; connection++)
        {
            isLossyBefore = random.nextBoolean();
            open();
            for (int step = 0; step < STEPS; step++)
            {
                step();
            }
            settle();
            for (int direction = IN; direction <= REPLY; direction++)
            {
                assertThat(table.nextSequence(index, direction)).as("seed=%d connection=%d", SEED, connection)
                    .isEqualTo(sent[direction]);
                assertThat(table.onSegment(index << 1 | direction, 0x04, sent[direction], 0, 0))
                    .as("reset, seed=%d connection=%d", SEED, connection).isEqualTo(Plausibility.BELIEVED);
            }
            table.remove(index);
        }
    }

    private void open()
    {
        onTheWay.clear();
        index = TestTables.insertNat(table, 1, TCP, TcpState.NONE, 0);
        for (int direction = IN; direction <= REPLY; direction++)
        {
            // often just below the wrap, or the change of sign
            final int near = random.nextInt(100_000);
            first[direction] = switch (random.nextInt(3))
            {
                case 0 -> -near;
                case 1 -> Integer.MIN_VALUE - near;
                default -> random.nextInt();
            };
            sent[direction] = first[direction] + 1;
            received[direction ^ 1] = first[direction] + 1;
            highestSeen[direction] = sent[direction];
        }
        table.onSegment(index << 1, 0x02, first[IN], 0, 0);
        table.onSegment(index << 1 | REPLY, 0x12, first[REPLY], first[IN] + 1, 0);
        table.onSegment(index << 1, ACK, first[IN] + 1, first[REPLY] + 1, 0);
        table.state(index, TcpState.ESTABLISHED);
    }

    private void step()
    {
        final int direction = random.nextInt(2);
        final int inFlight = sent[direction] - received[direction ^ 1];
        if (random.nextInt(4) == 0 && inFlight > 0)
        {
            // sent again, from what the other end lacks
            send(direction, received[direction ^ 1], Math.min(inFlight, 1 + random.nextInt(MAX_PAYLOAD)));
        }
        else if (inFlight < (isLossyBefore ? LARGE_WINDOW : WINDOW))
        {
            final int payload = random.nextInt(3) == 0 ? 0 : random.nextInt(random.nextBoolean() ? 1_460 : MAX_PAYLOAD);
            send(direction, sent[direction], payload);
            sent[direction] += payload;
        }
        while (onTheWay.size() > random.nextInt(8))
        {
            deliver(onTheWay.remove(random.nextInt(onTheWay.size())), true);
        }
    }

    private void send(final int direction, final int sequence, final int payload)
    {
        final Segment segment = new Segment(direction, sequence, received[direction], payload);
        onTheWay.add(segment);
        if (random.nextInt(10) == 0)
        {
            onTheWay.add(segment);
        }
    }

    /** What is received in order is kept; what is not has to be sent again. */
    private void deliver(final Segment segment, final boolean mayBeLost)
    {
        if (mayBeLost && isLossyBefore && random.nextInt(5) == 0)
        {
            return;
        }
        final int judged = table.onSegment(index << 1 | segment.direction, ACK, segment.sequence,
            segment.acknowledgement, segment.payload);
        assertThat(judged).as("seed=%d %s", SEED, segment).isNotEqualTo(Plausibility.FORGED);
        final int end = segment.sequence + segment.payload;
        if (end - highestSeen[segment.direction] > 0)
        {
            highestSeen[segment.direction] = end;
        }
        if (!isLossyBefore)
        {
            assertThat(judged).as("seed=%d %s", SEED, segment).isEqualTo(Plausibility.BELIEVED);
            assertThat(table.nextSequence(index, segment.direction)).as("seed=%d %s", SEED, segment)
                .isEqualTo(highestSeen[segment.direction]);
        }
        final int peer = segment.direction ^ 1;
        final boolean isLostAfter = mayBeLost && random.nextInt(5) == 0;
        if (!isLostAfter && segment.sequence - received[peer] <= 0 && end - received[peer] > 0)
        {
            received[peer] = end;
        }
    }

    private void settle()
    {
        while (!onTheWay.isEmpty())
        {
            deliver(onTheWay.removeFirst(), true);
        }
        for (int direction = IN; direction <= REPLY; direction++)
        {
            while (received[direction ^ 1] != sent[direction])
            {
                final int missing = sent[direction] - received[direction ^ 1];
                deliver(new Segment(direction, received[direction ^ 1], received[direction],
                    Math.min(missing, 1_460)), false);
                deliver(new Segment(direction ^ 1, sent[direction ^ 1], received[direction ^ 1], 0), false);
            }
        }
    }
}
