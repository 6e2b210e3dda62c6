package org.headrace.agent.config.yaml;

/** A place in a text, its line and column, and what is between one content and the next. */
final class YamlCursor
{
    private static final char END = '\0';
    private static final String FLOW_INDICATORS = ",[]{}";

    private final char[] text;
    private int position;
    private int line = 1;
    private int lineStart;

    YamlCursor(final String text)
    {
        this.text = new char[text.length() + 1];
        text.getChars(0, text.length(), this.text, 0);
        this.text[text.length()] = END;
    }

    /** Ends the reading of a text that is not known to be right. */
    static void check(final boolean isKnownToBeRight)
    {
        if (!isKnownToBeRight)
        {
            throw BeyondException.INSTANCE;
        }
    }

    char[] text()
    {
        return text;
    }

    int position()
    {
        return position;
    }

    /** Goes on within the line. */
    void step(final int characters)
    {
        position += characters;
    }

    int line()
    {
        return line;
    }

    int column()
    {
        return indent() + 1;
    }

    int indent()
    {
        return position - lineStart;
    }

    boolean isAt(final char c)
    {
        return text[position] == c;
    }

    boolean isAtEnd()
    {
        return text[position] == END;
    }

    /** Whether this line begins with what begins a document. */
    boolean isAtDocumentMarker()
    {
        return indent() == 0 && isAt('-') && text[position + 1] == '-' && text[position + 2] == '-' &&
            isBlank(position + 3);
    }

    boolean isLineStart(final int index)
    {
        return index == lineStart;
    }

    boolean isBlank(final int index)
    {
        return text[index] == ' ' || isLineEnd(index);
    }

    boolean isLineEnd(final int index)
    {
        return text[index] == '\n' || text[index] == END;
    }

    boolean isFlowIndicator(final int index)
    {
        return FLOW_INDICATORS.indexOf(text[index]) >= 0;
    }

    /** What is left needs no second look: a line ends by a line feed, a column is a char, and all may stand in YAML. */
    boolean areCharactersPlain()
    {
        for (int i = 0; i < text.length - 1; i++)
        {
            final char c = text[i];
            final boolean isPlain = c >= ' ' && c <= '~' || c == '\n' ||
                c >= 0xA0 && c < Character.MIN_SURROGATE && c != 0x2028 && c != 0x2029;
            if (!isPlain)
            {
                return false;
            }
        }
        return true;
    }

    /** Steps over a character if it is there; returns whether it was. */
    boolean isTaken(final char c)
    {
        final boolean isThere = text[position] == c;
        position += isThere ? 1 : 0;
        return isThere;
    }

    /** Skips spaces; returns whether nothing else but a comment follows on this line. */
    boolean isLineOver()
    {
        while (text[position] == ' ')
        {
            position++;
        }
        return text[position] == '\n' || text[position] == END || isComment();
    }

    /** Goes from the last thing on its line to the next line's content. */
    void endLine()
    {
        check(isLineOver());
        skip();
    }

    void skipInFlow()
    {
        skip();
        check(position != lineStart);
    }

    /** Goes to the next content, over spaces, comments and ends of lines. */
    void skip()
    {
        while (true)
        {
            if (text[position] == ' ')
            {
                position++;
            }
            else if (text[position] == '\n')
            {
                position++;
                line++;
                lineStart = position;
            }
            else if (isComment())
            {
                while (text[position] != '\n' && text[position] != END)
                {
                    position++;
                }
            }
            else
            {
                return;
            }
        }
    }

    boolean isDash()
    {
        return text[position] == '-' && isBlank(position + 1);
    }

    boolean isFlow()
    {
        return text[position] == '[' || text[position] == '{';
    }

    private boolean isComment()
    {
        return text[position] == '#' && (position == lineStart || text[position - 1] == ' ');
    }

    /** Ends the attempt; whoever catches it asks for nothing but that. */
    static final class BeyondException extends RuntimeException
    {
        private static final long serialVersionUID = 1L;
        private static final BeyondException INSTANCE = new BeyondException();

        private BeyondException()
        {
            super(null, null, false, false);
        }
    }
}
