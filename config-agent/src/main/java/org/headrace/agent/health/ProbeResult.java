package org.headrace.agent.health;

/**
 * What a probe has found.
 *
 * @param outcome for the thresholds.
 * @param reason  in words, for logs and the operator.
 */
record ProbeResult(Outcome outcome, String reason)
{
    /** What it says about the server. */
    enum Outcome
    {
        SUCCESS,
        FAILURE,
        /** Nothing: the probe failed on this host, for example for want of file descriptors. */
        INCONCLUSIVE
    }
}
