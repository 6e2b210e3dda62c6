package org.headrace.perf.generate;

/** A command cannot do what it was asked to; the message says why, in one line. */
final class LoadException extends RuntimeException
{
    private static final long serialVersionUID = 1L;

    LoadException(final String message)
    {
        super(message);
    }

    LoadException(final String message, final Throwable cause)
    {
        super(message, cause);
    }
}
