package org.headrace.agent.config.yaml;

import static org.headrace.agent.config.yaml.YamlCursor.check;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads the part of YAML that configurations are written in, about ten times as fast as a library reads the whole:
 * mappings and lists, by indentation or in braces and brackets, with scalars that lie within a line, plain or in quotes
 * without escapes. No anchors, tags, block scalars, directives, tabs; one document.
 *
 * <p>It has no messages. Whatever it does not know to be right is beyond it, and {@link LibraryYaml} decides whether it
 * is wrong. What it accepts it reads as the library does, places included.
 */
final class PlainYaml
{
    /** A key of YAML may have 1 024 characters; those of configurations are far from it. */
    private static final int MAX_KEY_LENGTH = 256;
    private static final int DOCUMENT_MARKER_LENGTH = 3;
    /** Of a server: address, port and weight. */
    private static final int USUAL_ENTRIES = 3;

    private final YamlCursor cursor;
    private final PlainScalar scalars;
    private int depth;

    private PlainYaml(final YamlCursor cursor)
    {
        this.cursor = cursor;
        this.scalars = new PlainScalar(cursor);
    }

    /** Returns the document's root, or null if the text is beyond this class. */
    static YamlNode read(final String text)
    {
        final YamlCursor cursor = new YamlCursor(text);
        try
        {
            return cursor.areCharactersPlain() ? new PlainYaml(cursor).document() : null;
        }
        catch (final YamlCursor.BeyondException _)
        {
            return null;
        }
    }

    private YamlNode document()
    {
        cursor.skip();
        if (cursor.isAtDocumentMarker())
        {
            cursor.step(DOCUMENT_MARKER_LENGTH);
            cursor.endLine();
        }
        final YamlNode root = blockNode();
        check(root instanceof YamlMapping && cursor.isAtEnd());
        return root;
    }

    /** At content; afterwards at the next line's content, or at the end. */
    private YamlNode blockNode()
    {
        if (cursor.isDash())
        {
            return blockList(false);
        }
        if (cursor.isFlow())
        {
            return flowToEndOfLine();
        }
        final int indent = cursor.indent();
        final YamlScalar scalar = scalars.read(false);
        if (cursor.isAt(':'))
        {
            return blockMapping(indent, scalar);
        }
        cursor.endLine();
        return scalar;
    }

    private YamlMapping blockMapping(final int indent, final YamlScalar firstKey)
    {
        enter();
        final List<YamlMapping.Entry> entries = new ArrayList<>();
        final YamlMapping mapping = new YamlMapping(firstKey.line(), firstKey.column(), entries);
        YamlScalar key = firstKey;
        while (true)
        {
            check(cursor.isTaken(':') && isKey(key));
            entries.add(new YamlMapping.Entry(key, blockValue(indent)));
            if (isOver(indent))
            {
                depth--;
                return mapping;
            }
            key = scalars.read(false);
        }
    }

    /** What follows the colon of a mapping that is indented so far. */
    private YamlNode blockValue(final int indent)
    {
        final YamlScalar nothing = nothing();
        if (!cursor.isLineOver())
        {
            if (cursor.isFlow())
            {
                return flowToEndOfLine();
            }
            final YamlScalar scalar = scalars.read(false);
            cursor.endLine();
            return scalar;
        }
        cursor.endLine();
        if (cursor.isAtEnd() || cursor.indent() < indent || cursor.indent() == indent && !cursor.isDash())
        {
            return nothing;
        }
        // The dashes of a mapping's value may stand below its key.
        return cursor.indent() == indent ? blockList(true) : blockNode();
    }

    private YamlList blockList(final boolean isBelowKey)
    {
        enter();
        final int indent = cursor.indent();
        final List<YamlNode> items = new ArrayList<>();
        final YamlList list = new YamlList(cursor.line(), cursor.column(), items);
        while (true)
        {
            cursor.step(1);
            items.add(blockItem(indent));
            if (isOver(indent) || isBelowKey && !cursor.isDash())
            {
                depth--;
                return list;
            }
            check(cursor.isDash());
        }
    }

    private YamlNode blockItem(final int indent)
    {
        final YamlScalar nothing = nothing();
        if (!cursor.isLineOver())
        {
            return blockNode();
        }
        cursor.endLine();
        return cursor.isAtEnd() || cursor.indent() <= indent ? nothing : blockNode();
    }

    private YamlNode flowToEndOfLine()
    {
        final YamlNode node = flowNode();
        cursor.endLine();
        return node;
    }

    /** At content within brackets or braces, or at their beginning; afterwards right behind the node. */
    private YamlNode flowNode()
    {
        if (!cursor.isFlow())
        {
            return scalars.read(true);
        }
        return cursor.isAt('[') ? flowList() : flowMapping();
    }

    private YamlList flowList()
    {
        enter();
        final List<YamlNode> items = new ArrayList<>();
        final YamlList list = new YamlList(cursor.line(), cursor.column(), items);
        for (boolean isMore = isFlowBegun(']'); isMore; isMore = isFlowContinued(']'))
        {
            items.add(flowNode());
        }
        depth--;
        return list;
    }

    private YamlMapping flowMapping()
    {
        enter();
        final List<YamlMapping.Entry> entries = new ArrayList<>(USUAL_ENTRIES);
        final YamlMapping mapping = new YamlMapping(cursor.line(), cursor.column(), entries);
        for (boolean isMore = isFlowBegun('}'); isMore; isMore = isFlowContinued('}'))
        {
            final YamlScalar key = scalars.read(true);
            check(cursor.isTaken(':') && cursor.isAt(' ') && !cursor.isLineOver() && isKey(key));
            entries.add(new YamlMapping.Entry(key, flowNode()));
        }
        depth--;
        return mapping;
    }

    private boolean isFlowBegun(final char end)
    {
        cursor.step(1);
        cursor.skipInFlow();
        return !cursor.isTaken(end);
    }

    private boolean isFlowContinued(final char end)
    {
        cursor.skipInFlow();
        if (cursor.isTaken(end))
        {
            return false;
        }
        check(cursor.isTaken(','));
        cursor.skipInFlow();
        return true;
    }

    private YamlScalar nothing()
    {
        return new YamlScalar(cursor.line(), cursor.column(), "", YamlScalar.NOTHING);
    }

    /** A block ends where something stands less indented, and nothing in it stands more indented. */
    private boolean isOver(final int indent)
    {
        check(cursor.isAtEnd() || cursor.indent() <= indent);
        return cursor.isAtEnd() || cursor.indent() < indent;
    }

    private static boolean isKey(final YamlScalar scalar)
    {
        return scalar.text().length() <= MAX_KEY_LENGTH;
    }

    private void enter()
    {
        check(++depth <= YamlReader.MAX_DEPTH);
    }
}
