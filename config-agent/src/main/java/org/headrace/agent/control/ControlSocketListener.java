package org.headrace.agent.control;

import java.util.function.Consumer;

/** Answers the lines of the control socket's clients. */
@FunctionalInterface
public interface ControlSocketListener
{
    /**
     * @param line  of a request, without its end.
     * @param reply takes the answer, one line without its end, exactly once, now or later, on this thread.
     */
    void onLine(String line, Consumer<String> reply);
}
