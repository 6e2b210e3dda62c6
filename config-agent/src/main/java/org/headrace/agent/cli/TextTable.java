package org.headrace.agent.cli;

import java.util.ArrayList;
import java.util.List;

/** A table for people: columns as wide as their widest cell; columns of numbers stand to the right. */
final class TextTable
{
    private final List<String[]> rows = new ArrayList<>();
    private final boolean[] isRight;

    /** A heading that ends in {@code >} is a column of numbers. */
    TextTable(final String... headings)
    {
        isRight = new boolean[headings.length];
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

    @Override
    public String toString()
    {
        final int[] widths = new int[isRight.length];
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
            final StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++)
            {
                final String padding = " ".repeat(widths[i] - row[i].length());
                line.append(isRight[i] ? padding + row[i] : row[i] + padding).append("  ");
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
