package org.headrace.conntrack;

/**
 * Memory holds no table that can be gone on with: another layout, another clock, or damage that no kill explains. The
 * message says what was found and what was expected. The file is to be set aside and a new table created.
 */
public final class TableRefusedException extends Exception
{
    private static final long serialVersionUID = 1L;

    TableRefusedException(final String message)
    {
        super(message);
    }
}
