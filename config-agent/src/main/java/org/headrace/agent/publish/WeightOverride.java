package org.headrace.agent.publish;

/**
 * A weight that an operator set at run time. It holds as long as the file's weight for that server is what it was when
 * it was set: who edits the weight in the file means the file.
 *
 * @param weight     set with {@code ctl weight}, or null if the file's weight holds.
 * @param isDrained  whether {@code ctl drain} took the server out.
 * @param fileWeight what the file said at that time.
 */
public record WeightOverride(Integer weight, boolean isDrained, int fileWeight)
{
    /** @return the weight in force. */
    public int effectiveWeight()
    {
        return isDrained ? 0 : weight != null ? weight : fileWeight;
    }
}
