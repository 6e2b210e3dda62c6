package org.headrace.perf.lab;

/**
 * Something in the laboratory did not do what it was asked to; the message says what and shows its output.
 */
public final class LabException extends RuntimeException
{
    private static final long serialVersionUID = 1L;

    /** @param message what went wrong. */
    public LabException(final String message)
    {
        super(message);
    }

    /** @param message what went wrong. @param cause why. */
    public LabException(final String message, final Throwable cause)
    {
        super(message, cause);
    }
}
