package org.headrace.perf.pipeline;

import static org.headrace.perf.bench.BenchPlan.KIBI;
import static org.headrace.perf.bench.BenchPlan.MEGA;

import org.headrace.perf.bench.BenchCell;
import org.headrace.perf.bench.BenchFork;
import org.headrace.perf.bench.BenchPlan;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** Which packets at how many flows are measured. */
final class PipelinePlan
{
    /** A row of the report, and a line of its plot. */
    enum Work
    {
        TCP("tcp", "packets", FlowMix.TCP, "established TCP, both directions"),
        ACL("acl", "packets", FlowMix.ACL, "the same, with an access list of 10 K prefixes"),
        UDP("udp", "packets", FlowMix.UDP, "UDP, both directions"),
        TCP6("tcp6", "packets", FlowMix.TCP6, "established TCP over IPv6, both directions"),
        IMIX("imix", "packets", FlowMix.IMIX, "60 % TCP, 20 % UDP, 20 % TCP over IPv6; sizes 7 : 4 : 1"),
        MISSES("misses", "misses", FlowMix.TCP, "belongs to no service: the kernel's"),
        NEW("new", "connections", FlowMix.TCP, "new TCP connection, and the end of an old one");

        private final String operation;
        private final String method;
        private final FlowMix mix;
        private final String description;

        Work(final String operation, final String method, final FlowMix mix, final String description)
        {
            this.operation = operation;
            this.method = method;
            this.mix = mix;
            this.description = description;
        }

        String operation()
        {
            return operation;
        }

        String description()
        {
            return description;
        }
    }

    /** Loads that do not wait for each other. */
    static final String LINES = "lines";
    /** Loads that do. */
    static final String CHAIN = "chain";
    static final String HEADRACE = "headrace";
    static final String MEMORY = "memory";

    private static final List<Integer> SIZES = List.of(KIBI, 64 * KIBI, MEGA, 10 * MEGA);
    private static final int ROUNDS = 3;
    private static final int HEAP_MEBI = 256;

    private PipelinePlan()
    {
    }

    /** @return about a quarter of an hour. */
    static BenchPlan full()
    {
        final BenchPlan plan = new BenchPlan(300, 5);
        for (int round = 0; round < ROUNDS; round++)
        {
            for (final int size : SIZES)
            {
                for (final Work work : Work.values())
                {
                    // Flows that live shorter than a ring of packets takes are no table of so many flows.
                    if (size != 10 * MEGA && (work != Work.NEW || size > KIBI))
                    {
                        plan.add(cell(work, size));
                    }
                }
            }
        }
        for (final Work work : Work.values())
        {
            plan.add(cell(work, 10 * MEGA));
        }
        for (final int size : SIZES)
        {
            addYardstick(plan, LINES, size);
            addYardstick(plan, CHAIN, size);
        }
        return plan;
    }

    /** @return about a minute and a half: what the targets ask for, and the other packets at one size. */
    static BenchPlan quick()
    {
        final BenchPlan plan = new BenchPlan(200, 3);
        for (final int size : SIZES)
        {
            plan.add(cell(Work.ACL, size));
            addYardstick(plan, LINES, size);
        }
        plan.add(cell(Work.NEW, 64 * KIBI));
        for (final Work work : Work.values())
        {
            if (work != Work.ACL)
            {
                plan.add(cell(work, MEGA));
            }
        }
        return plan;
    }

    /** @param plan that is followed. @return processes that measure it. */
    static BenchFork fork(final BenchPlan plan)
    {
        return new BenchFork(cell -> cell.series().equals(HEADRACE) ? PipelineBenchmark.class : MemoryYardstick.class,
            List.of(), _ -> HEAP_MEBI, plan);
    }

    private static BenchCell cell(final Work work, final int size)
    {
        final SequencedMap<String, String> parameters = new LinkedHashMap<>();
        parameters.put("mix", work.mix.name());
        parameters.put("flows", Integer.toString(size));
        return new BenchCell(work.method, work.operation, HEADRACE, size, parameters);
    }

    private static void addYardstick(final BenchPlan plan, final String method, final int size)
    {
        final SequencedMap<String, String> parameters = new LinkedHashMap<>();
        parameters.put("flows", Integer.toString(size));
        plan.add(new BenchCell(method, method, MEMORY, size, parameters));
    }
}
