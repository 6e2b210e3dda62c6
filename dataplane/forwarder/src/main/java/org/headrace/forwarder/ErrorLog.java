package org.headrace.forwarder;

/** Where agents report what they did not expect: one line, the agent goes on. */
final class ErrorLog
{
    private ErrorLog()
    {
    }

    /** @param error of an agent. */
    static void print(final Throwable error)
    {
        final StackTraceElement[] trace = error.getStackTrace();
        System.err.println("event=error error=\"" + error + "\" at=" + (trace.length > 0 ? trace[0] : "unknown"));
    }
}
