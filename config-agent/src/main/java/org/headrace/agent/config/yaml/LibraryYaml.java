package org.headrace.agent.config.yaml;

import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads all of YAML 1.2, by SnakeYAML Engine, and says what is wrong with a text that is none. */
final class LibraryYaml
{
    /** Most references to an anchored list or mapping; what they expand to is limited by who reads the tree. */
    private static final int MAX_ALIASES = 10_000;
    private static final int MAX_MESSAGE_LENGTH = 200;
    private static final Set<Tag> TEXT_TAGS = Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL);

    private final Map<Node, YamlNode> converted = new IdentityHashMap<>();

    private LibraryYaml()
    {
    }

    /** Returns null if the text has no content. */
    static YamlNode read(final String text) throws YamlException
    {
        final LoadSettings settings = LoadSettings.builder()
            .setCodePointLimit(Integer.MAX_VALUE)
            .setAllowRecursiveKeys(false)
            .setMaxAliasesForCollections(MAX_ALIASES)
            .setUseMarks(true)
            .build();
        try
        {
            final DepthLimit parser =
                new DepthLimit(new ParserImpl(settings, new StreamReader(settings, text)), YamlReader.MAX_DEPTH);
            final Optional<Node> root = new Composer(settings, parser).getSingleNode();
            return root.isEmpty() ? null : new LibraryYaml().convert(root.get());
        }
        catch (final DepthLimit.ExceededException ex)
        {
            throw at(ex.mark(), ex.getMessage());
        }
        catch (final MarkedYamlEngineException ex)
        {
            throw at(ex.getProblemMark().or(ex::getContextMark).orElse(null),
                "YAML: " + oneLine(ex.getContext() == null || ex.getContext().isEmpty() ? ex.getProblem() :
                ex.getContext() + ": " + ex.getProblem()));
        }
        catch (final ReaderException ex)
        {
            final String before = text.substring(0, Math.min(text.length(), ex.getPosition()));
            final int line = (int)before.chars().filter(c -> c == '\n').count() + 1;
            throw new YamlException(line, before.length() - before.lastIndexOf('\n'),
                "YAML: character U+%04X is not allowed".formatted(ex.getCodePoint()));
        }
        catch (final YamlEngineException ex)
        {
            throw new YamlException(1, 1, "YAML: " + oneLine(ex.getMessage()));
        }
        catch (final RuntimeException ex)
        {
            // The library answers some hostile texts (a tag that ends in a space) with whatever exception comes up.
            throw new YamlException(1, 1, "YAML: " + oneLine(ex.toString()));
        }
    }

    /** A node that aliases refer to is converted once, and is known before what it contains: it may contain itself. */
    private YamlNode convert(final Node node)
    {
        final YamlNode known = converted.get(node);
        if (known != null)
        {
            return known;
        }
        final Mark mark = node.getStartMark().orElseThrow();
        final int line = mark.getLine() + 1;
        final int column = mark.getColumn() + 1;
        switch (node)
        {
            case final ScalarNode scalar ->
            {
                final YamlScalar result = new YamlScalar(line, column, scalar.getValue(), tag(scalar));
                converted.put(node, result);
                return result;
            }
            case final SequenceNode sequence ->
            {
                final List<YamlNode> items = new ArrayList<>(sequence.getValue().size());
                final YamlList result = new YamlList(line, column, items);
                converted.put(node, result);
                sequence.getValue().forEach(item -> items.add(convert(item)));
                return result;
            }
            case final MappingNode mapping ->
            {
                final List<YamlMapping.Entry> entries = new ArrayList<>(mapping.getValue().size());
                final YamlMapping result = new YamlMapping(line, column, entries);
                converted.put(node, result);
                for (final NodeTuple tuple : mapping.getValue())
                {
                    entries.add(new YamlMapping.Entry(convert(tuple.getKeyNode()), convert(tuple.getValueNode())));
                }
                return result;
            }
            default -> throw new IllegalStateException("node of unknown kind=" + node.getNodeType());
        }
    }

    private static String tag(final ScalarNode scalar)
    {
        final Tag tag = scalar.getTag();
        return !TEXT_TAGS.contains(tag) ? tag.getValue() :
            Tag.NULL.equals(tag) && scalar.getScalarStyle() == ScalarStyle.PLAIN ? YamlScalar.NOTHING : YamlScalar.TEXT;
    }

    private static YamlException at(final Mark mark, final String message)
    {
        return mark == null ? new YamlException(1, 1, message) :
            new YamlException(mark.getLine() + 1, mark.getColumn() + 1, message);
    }

    private static String oneLine(final String text)
    {
        final String line = text == null ? "" : text.lines().findFirst().orElse("");
        return line.codePoints()
            .limit(MAX_MESSAGE_LENGTH)
            .map(c -> Character.isISOControl(c) ? '?' : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    }
}
