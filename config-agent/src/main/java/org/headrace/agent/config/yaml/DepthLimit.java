package org.headrace.agent.config.yaml;

import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.parser.Parser;

/** A parser that ends where nesting gets too deep: the composer behind it recurses. */
final class DepthLimit implements Parser
{
    private final Parser parser;
    private final int maxDepth;
    private int depth;

    DepthLimit(final Parser parser, final int maxDepth)
    {
        this.parser = parser;
        this.maxDepth = maxDepth;
    }

    @Override
    public boolean checkEvent(final Event.ID choice)
    {
        return parser.checkEvent(choice);
    }

    @Override
    public Event peekEvent()
    {
        return parser.peekEvent();
    }

    @Override
    public boolean hasNext()
    {
        return parser.hasNext();
    }

    @Override
    public Event next()
    {
        final Event event = parser.next();
        switch (event.getEventId())
        {
            case MappingStart, SequenceStart -> depth++;
            case MappingEnd, SequenceEnd -> depth--;
            default ->
            {
            }
        }
        if (depth > maxDepth)
        {
            throw new ExceededException(event.getStartMark().orElseThrow(),
                "nesting depth=" + depth + " > MAX_DEPTH=" + maxDepth);
        }
        return event;
    }

    /** Nesting is too deep. */
    static final class ExceededException extends RuntimeException
    {
        private static final long serialVersionUID = 1L;

        private final transient Mark mark;

        ExceededException(final Mark mark, final String message)
        {
            super(message);
            this.mark = mark;
        }

        Mark mark()
        {
            return mark;
        }
    }
}
