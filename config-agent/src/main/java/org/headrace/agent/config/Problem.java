package org.headrace.agent.config;

/**
 * One thing that is wrong with a configuration file.
 *
 * @param file      as the caller named it.
 * @param line      from 1.
 * @param column    from 1.
 * @param isWarning true if the configuration can be used all the same.
 * @param message   what is wrong, and what is allowed.
 */
public record Problem(String file, int line, int column, boolean isWarning, String message)
{
    /** @return {@code file:line:column: message}. */
    @Override
    public String toString()
    {
        return file + ":" + line + ":" + column + ": " + (isWarning ? "warning: " : "") + message;
    }
}
