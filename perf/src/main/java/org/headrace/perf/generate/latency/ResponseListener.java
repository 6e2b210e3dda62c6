package org.headrace.perf.generate.latency;

/** Hears what became of requests. */
public interface ResponseListener
{
    /** @param dueNs when the request was due that has been answered. */
    void onResponse(long dueNs);

    /** @param dueNs when the request was due that failed. @param reason in a few words. */
    void onFailure(long dueNs, String reason);

    /** @param dueNs when the request was due that nobody has answered, and that is given up. */
    void onUnanswered(long dueNs);
}
