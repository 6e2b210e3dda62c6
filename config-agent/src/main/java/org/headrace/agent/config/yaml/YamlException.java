package org.headrace.agent.config.yaml;

/** A text that is no YAML, or not one that is read here. */
public final class YamlException extends Exception
{
    private static final long serialVersionUID = 1L;

    private final int line;
    private final int column;

    YamlException(final int line, final int column, final String message)
    {
        super(message);
        this.line = line;
        this.column = column;
    }

    /** @return from 1. */
    public int line()
    {
        return line;
    }

    /** @return from 1. */
    public int column()
    {
        return column;
    }
}
