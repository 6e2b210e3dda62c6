package org.headrace.perf.generate.latency;

/**
 * A way to ask a server and to hear its answers. For one thread; nothing here waits.
 */
public interface Exchange extends AutoCloseable
{
    /**
     * Sends a request, if that can be done now.
     *
     * @param dueNs when it was due: given back with its answer.
     * @return false if it has to be tried again later, because every connection is busy.
     */
    boolean request(long dueNs);

    /**
     * Takes answers, and gives up what has waited for too long.
     *
     * @param nowNs    now.
     * @param listener that hears of them.
     * @return how many there were.
     */
    int poll(long nowNs, ResponseListener listener);

    /**
     * Gives up what is not answered yet.
     *
     * @param listener that hears of each as {@link ResponseListener#onUnanswered}.
     */
    void abandon(ResponseListener listener);

    @Override
    void close();
}
