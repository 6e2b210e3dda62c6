package org.headrace.conntrack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.headrace.conntrack.ConnectionTable.IN;
import static org.headrace.conntrack.ConnectionTable.NOT_FOUND;
import static org.headrace.conntrack.ConnectionTable.REPLY;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Follows a {@link KillWriter} operation by operation, and says whether what it left when it was stopped is what it
 * must be: all that was finished, and the one operation in flight wholly or not at all.
 */
final class KillJudge
{
    private static final int GO_ON = 100;

    private final int capacity;
    private final int keys;
    private final KillWorkload workload;
    private final List<Long> events = new ArrayList<>();
    private KillModel model;
    private long applied;
    private long eventsRead;
    private boolean isInFlight;

    KillJudge(final int capacity, final int keys, final KillWorkload workload)
    {
        this.capacity = capacity;
        this.keys = keys;
        this.workload = workload;
        this.model = new KillModel(capacity, keys);
    }

    /** The last operation that was looked at: finished, or in flight. */
    long reached()
    {
        return workload.number();
    }

    /** Inserts that were refused because too many hashes were equal. */
    int indexFull()
    {
        return model.indexFull();
    }

    /** Carries out all that was finished, and goes on to the operation in flight, if there is one. */
    void follow(final KillProgress progress)
    {
        final long finished = progress.finished();
        while (applied < finished)
        {
            goTo(applied + 1, progress);
            model.apply(workload, events);
            applied++;
        }
        isInFlight = progress.begun() > applied;
        if (isInFlight)
        {
            goTo(applied + 1, progress);
        }
        progress.read(eventsRead);
    }

    /** Attaches to what was left, judges it, and works on with it for a while. @return the report of the attach. */
    AttachReport judge(final MemorySegment memory) throws TableRefusedException
    {
        final List<Long> further = new ArrayList<>();
        final KillWorkload goingOn = workload.clone();
        final int[] told = new int[1];
        final ConnectionTable table = ConnectionTable.attach(memory, capacity, KillWriter.CLOCK, 1,
            KillWorkload.timeouts(), (source, index, reason) -> further.add((long)KillProgress.LEAVING +
                reason.ordinal() << 20 | source.serverSlot(index)), (source, index) -> told[0]++, workload.nowMs());
        final AttachReport report = table.attachReport();
        assertThat(report.isIndexRebuilt()).isFalse();
        assertThat(report.correctedTimes()).isZero();
        assertThat(report.connections()).isEqualTo(table.size()).isEqualTo(told[0]);
        final KillModel found = settled(table);
        compare(table, found);
        TableVerifier.verify(table);
        for (int i = 0; i < GO_ON; i++)
        {
            final int result = goingOn.next().perform(table);
            if (goingOn.kind() == KillWorkload.Kind.INSERT)
            {
                further.add((long)KillProgress.whatOfResult(result) << 20 | goingOn.key());
            }
            found.apply(goingOn, further);
            further.clear();
        }
        compare(table, found);
        TableVerifier.verify(table);
        return report;
    }

    /** The writer was killed: what is there now is what it goes on from. */
    void settle(final MemorySegment memory) throws TableRefusedException
    {
        model = settled(ConnectionTable.attach(memory, capacity, KillWriter.CLOCK, 1, KillWorkload.timeouts(),
            TestTables.NOBODY, (table, index) ->
            {
            }, workload.nowMs()));
        applied = workload.number();
        events.clear();
    }

    private void goTo(final long number, final KillProgress progress)
    {
        if (workload.number() < number)
        {
            workload.next();
            events.clear();
        }
        while (eventsRead < progress.events() && KillProgress.operation(progress.event(eventsRead)) == number)
        {
            events.add(progress.event(eventsRead++));
        }
    }

    /** The model after the operation in flight, as far as this one has come, if that is as far as it may have. */
    private KillModel settled(final ConnectionTable table)
    {
        final KillModel settled = new KillModel(model);
        if (!isInFlight)
        {
            return settled;
        }
        events.stream().filter(event -> KillProgress.what(event) >= KillProgress.LEAVING)
            .forEach(event -> settleRemoval(settled, table, event));
        final int key = workload.key();
        final KillModel.Connection before = settled.get(key);
        final KillModel.Connection now = read(table, key);
        switch (workload.kind())
        {
            case INSERT ->
            {
                if (before == null && now != null)
                {
                    assertThat(settled.size()).as("room for %d", key).isLessThan(capacity);
                    assertThat(now).as("inserted %d", key).isEqualTo(KillModel.inserted(workload));
                    settled.set(key, now);
                }
                assertThat(now == null && wasInserted()).as("insert of %d was reported, and is gone", key).isFalse();
            }
            case STATE ->
            {
                assertThat(now).as("state of %d", key).isIn(before, settled.changed(workload));
                settled.set(key, now);
            }
            case PACKET ->
            {
                assertThat(isPartly(before, settled.changed(workload), now)).as("%s after a packet: %s", before, now)
                    .isTrue();
                settled.set(key, now);
            }
            default ->
            {
            }
        }
        return settled;
    }

    /** Only the last of the removals reported may not have happened yet. */
    private void settleRemoval(final KillModel settled, final ConnectionTable table, final long event)
    {
        final KillModel.Connection before = settled.get(KillProgress.key(event));
        settled.remove(workload, event, RemovalReason.values()[KillProgress.what(event) - KillProgress.LEAVING]);
        if (event == events.getLast() && read(table, KillProgress.key(event)) != null)
        {
            settled.set(KillProgress.key(event), before);
        }
    }

    private boolean wasInserted()
    {
        return !events.isEmpty() && KillProgress.what(events.getLast()) == KillProgress.INSERTED;
    }

    private static boolean isPartly(
        final KillModel.Connection before,
        final KillModel.Connection after,
        final KillModel.Connection now)
    {
        if (before == null || now == null)
        {
            return before == now;
        }
        return now.state() == before.state() &&
            isOneOf(now.lastSeenMs(), before.lastSeenMs(), after.lastSeenMs()) &&
            isOneOf(now.packetsIn(), before.packetsIn(), after.packetsIn()) &&
            isOneOf(now.packetsReply(), before.packetsReply(), after.packetsReply()) &&
            isOneOf(now.bytesIn(), before.bytesIn(), after.bytesIn()) &&
            isOneOf(now.bytesReply(), before.bytesReply(), after.bytesReply());
    }

    private static boolean isOneOf(final long found, final long one, final long other)
    {
        return found == one || found == other;
    }

    private KillModel.Connection read(final ConnectionTable table, final int key)
    {
        final int flow = workload.find(table, key, IN);
        return flow == NOT_FOUND ? null : KillModel.Connection.read(table, flow >>> 1);
    }

    private void compare(final ConnectionTable table, final KillModel expected)
    {
        for (int key = 0; key < keys; key++)
        {
            final int flow = workload.find(table, key, IN);
            final int replyFlow = workload.isOneWay(key) ? NOT_FOUND : workload.find(table, key, REPLY);
            final KillModel.Connection found = read(table, key);
            if (found == null ? expected.get(key) != null : !found.equals(expected.get(key)))
            {
                assertThat(found).as("connection %d", key).isEqualTo(expected.get(key));
            }
            if (found != null && !workload.hasEndsOf(table, flow >>> 1, key) ||
                replyFlow != (found == null || workload.isOneWay(key) ? NOT_FOUND : flow | REPLY))
            {
                throw new AssertionError("connection " + key + ": flow=" + flow + " reply=" + replyFlow);
            }
        }
        assertThat(table.size()).isEqualTo(expected.size());
    }
}
