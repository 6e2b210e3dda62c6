package org.headrace.agent.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * A table for people: columns as wide as their widest cell; columns of numbers stand to the right. It can be taken in
 * pieces; columns grow when a later piece needs it.
 */
final class TextTable
{
    private final List<String[]> rows = new ArrayList<>();
    private final boolean[] isRight;
    private final int[] widths;

    /** A heading that ends in {@code >} is a column of numbers. */
    TextTable(final String... headings)
    {
        isRight = new boolean[headings.length];
        widths = new int[headings.length];
        final String[] titles = new String[headings.length];
        for (int i = 0; i < headings.length; i++)
        {
            isRight[i] = headings[i].endsWith(">");
            titles[i] = isRight[i] ? headings[i].substring(0, headings[i].length() - 1) : headings[i];
        }
        rows.add(titles);
    }

    void row(final Object... cells)
    {
        final String[] row = new String[isRight.length];
        for (int i = 0; i < row.length; i++)
        {
            row[i] = i < cells.length && cells[i] != null ? cells[i].toString() : "";
        }
        rows.add(row);
    }

    /** Returns the rows since the last time, the headings first, and forgets them. */
    String takeRows()
    {
        final String text = toString();
        rows.clear();
        return text;
    }

    @Override
    public String toString()
    {
        for (final String[] row : rows)
        {
            for (int i = 0; i < row.length; i++)
            {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        final StringBuilder text = new StringBuilder();
        for (final String[] row : rows)
        {
            int end = text.length();
            for (int i = 0; i < row.length; i++)
            {
                final int padding = widths[i] - row[i].length();
                text.repeat(' ', isRight[i] ? padding : 0).append(row[i]);
                end = row[i].isEmpty() ? end : text.length();
                text.repeat(' ', isRight[i] ? 2 : padding + 2);
            }
            text.setLength(end);
            text.append('\n');
        }
        return text.toString();
    }
}
