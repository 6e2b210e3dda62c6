package org.headrace.perf.load;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What clients saw: answers, failures, and who answered. Any thread may add to it.
 */
public final class Tally
{
    private static final int KEPT_FAILURES = 10;

    private final LongAdder answered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final Map<String, LongAdder> connections = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> requests = new ConcurrentHashMap<>();
    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());

    /** @param server that a new connection reached. */
    public void onConnection(final String server)
    {
        connections.computeIfAbsent(server, ignore -> new LongAdder()).increment();
    }

    /** @param server that answered a request. */
    public void onAnswer(final String server)
    {
        answered.increment();
        requests.computeIfAbsent(server, ignore -> new LongAdder()).increment();
    }

    /** @param reason why a request got no right answer. */
    public void onFailure(final String reason)
    {
        failed.increment();
        if (failures.size() < KEPT_FAILURES)
        {
            failures.add(reason);
        }
    }

    /** @return requests that got a right answer. */
    public long answered()
    {
        return answered.sum();
    }

    /** @return requests that did not. */
    public long failed()
    {
        return failed.sum();
    }

    /** @return connections by server. */
    public Map<String, Long> connections()
    {
        return sums(connections);
    }

    /** @return requests by server. */
    public Map<String, Long> requests()
    {
        return sums(requests);
    }

    /** @return the first few failures. */
    public List<String> failures()
    {
        return List.copyOf(failures);
    }

    @Override
    public String toString()
    {
        return "answered=" + answered() + " failed=" + failed() + " connections=" + connections() +
            (failures.isEmpty() ? "" : " failures=" + failures());
    }

    private static Map<String, Long> sums(final Map<String, LongAdder> counts)
    {
        final Map<String, Long> sums = new TreeMap<>();
        counts.forEach((server, count) -> sums.put(server, count.sum()));
        return sums;
    }
}
