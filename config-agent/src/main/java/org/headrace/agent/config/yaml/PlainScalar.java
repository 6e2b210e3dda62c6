package org.headrace.agent.config.yaml;

import static org.headrace.agent.config.yaml.YamlCursor.check;

/** Reads scalars that lie within a line, plain or in quotes without escapes. */
final class PlainScalar
{
    private static final String PLAIN_START = "+./_";

    private final YamlCursor cursor;
    private final char[] text;
    private final StringPool strings = new StringPool();

    PlainScalar(final YamlCursor cursor)
    {
        this.cursor = cursor;
        this.text = cursor.text();
    }

    /** At content; afterwards right behind the scalar. */
    YamlScalar read(final boolean isInFlow)
    {
        final char c = text[cursor.position()];
        return c == '"' || c == '\'' ? quoted(c) : plain(isInFlow);
    }

    private YamlScalar quoted(final char quote)
    {
        final int start = cursor.position() + 1;
        int end = start;
        while (text[end] != quote)
        {
            check(!cursor.isLineEnd(end) && text[end] != '\\');
            end++;
        }
        // Of all that may follow, this is what a configuration has; an escaped quote is not among it.
        check(cursor.isBlank(end + 1) || cursor.isFlowIndicator(end + 1) ||
            text[end + 1] == ':' && cursor.isBlank(end + 2));
        final YamlScalar scalar =
            new YamlScalar(cursor.line(), cursor.column(), strings.get(text, start, end), YamlScalar.TEXT);
        cursor.step(end + 1 - cursor.position());
        return scalar;
    }

    private YamlScalar plain(final boolean isInFlow)
    {
        final int start = cursor.position();
        check(isPlainStart(start, isInFlow));
        int end = start;
        while (!isPlainEnd(end, isInFlow))
        {
            end++;
        }
        final boolean isColon = text[end] == ':';
        final int stop = end;
        while (text[end - 1] == ' ')
        {
            end--;
        }
        check(!isColon || end == stop);
        final String value = strings.get(text, start, end);
        final YamlScalar scalar = new YamlScalar(
            cursor.line(), cursor.column(), value, "null".equals(value) ? YamlScalar.NOTHING : YamlScalar.TEXT);
        cursor.step(end - start);
        return scalar;
    }

    private boolean isPlainStart(final int index, final boolean isInFlow)
    {
        final char c = text[index];
        if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9')
        {
            return true;
        }
        // At the beginning of a line these may be the marker of a document's beginning or end.
        return !cursor.isLineStart(index) && (PLAIN_START.indexOf(c) >= 0 || c == '-' && isPlainSecond(index + 1) ||
            c == ':' && !isInFlow && isPlainSecond(index + 1));
    }

    private boolean isPlainSecond(final int index)
    {
        return !cursor.isBlank(index) && !cursor.isFlowIndicator(index);
    }

    private boolean isPlainEnd(final int index, final boolean isInFlow)
    {
        final char c = text[index];
        if (c == ':')
        {
            check(!isInFlow || !cursor.isFlowIndicator(index + 1));
            return cursor.isBlank(index + 1);
        }
        return cursor.isLineEnd(index) || c == '#' && text[index - 1] == ' ' ||
            isInFlow && cursor.isFlowIndicator(index);
    }
}
