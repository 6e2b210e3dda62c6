package org.headrace.agent.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads a configuration file. The bytes may come from anybody: size, depth and the number of problems are limited, and
 * whatever is wrong becomes a {@link Problem}, never an exception.
 */
public final class ConfigReader
{
    /** Longest file, in bytes. */
    public static final int MAX_FILE_LENGTH = 16 * 1024 * 1024;
    /** Deepest nesting; the format itself needs eight levels. */
    static final int MAX_DEPTH = 32;
    /** Most references to an anchored list or mapping; what they expand to is limited by {@link Problems}. */
    static final int MAX_ALIASES = 10_000;

    private static final int MAX_MESSAGE_LENGTH = 200;

    private ConfigReader()
    {
    }

    /**
     * @param file to read.
     * @return the model or the problems.
     */
    public static ConfigResult read(final Path file)
    {
        final String name = file.toString();
        try (InputStream input = Files.newInputStream(file))
        {
            return read(name, input.readNBytes(MAX_FILE_LENGTH + 1));
        }
        catch (final NoSuchFileException _)
        {
            return failed(name, "no such file");
        }
        catch (final AccessDeniedException _)
        {
            return failed(name, "permission denied");
        }
        catch (final IOException ex)
        {
            return failed(name, "cannot be read: " + ex.getMessage());
        }
    }

    /**
     * @param name  of the file, for the problems.
     * @param bytes its content.
     * @return the model or the problems.
     */
    public static ConfigResult read(final String name, final byte[] bytes)
    {
        if (bytes.length > MAX_FILE_LENGTH)
        {
            return failed(name, "length > MAX_FILE_LENGTH=" + MAX_FILE_LENGTH + " bytes");
        }
        final String text;
        try
        {
            text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        }
        catch (final CharacterCodingException _)
        {
            return failed(name, "is not UTF-8 text");
        }
        final Problems problems = new Problems(name);
        final Node root = compose(text, problems);
        final HeadraceConfig config = root == null ? null : new RootReader(problems).read(root);
        return new ConfigResult(problems.hasErrors() ? null : config, problems.sorted());
    }

    private static Node compose(final String text, final Problems problems)
    {
        final LoadSettings settings = LoadSettings.builder()
            .setCodePointLimit(MAX_FILE_LENGTH)
            .setAllowRecursiveKeys(false)
            .setMaxAliasesForCollections(MAX_ALIASES)
            .setUseMarks(true)
            .build();
        try
        {
            if (isTooDeep(settings, text, problems))
            {
                return null;
            }
            final Optional<Node> root = new Compose(settings).composeString(text);
            if (root.isEmpty())
            {
                problems.error(1, 1, "is empty (expected dataplane and instances)");
            }
            return root.orElse(null);
        }
        catch (final MarkedYamlEngineException ex)
        {
            final Mark mark = ex.getProblemMark().or(ex::getContextMark).orElse(null);
            problems.error(mark == null ? 1 : mark.getLine() + 1, mark == null ? 1 : mark.getColumn() + 1,
                "YAML: " + oneLine(ex.getContext() == null || ex.getContext().isEmpty() ? ex.getProblem() :
                ex.getContext() + ": " + ex.getProblem()));
        }
        catch (final ReaderException ex)
        {
            final String before = text.substring(0, Math.min(text.length(), ex.getPosition()));
            final int line = (int)before.chars().filter(c -> c == '\n').count() + 1;
            problems.error(line, before.length() - before.lastIndexOf('\n'),
                "YAML: character U+%04X is not allowed".formatted(ex.getCodePoint()));
        }
        catch (final YamlEngineException ex)
        {
            problems.error(1, 1, "YAML: " + oneLine(ex.getMessage()));
        }
        catch (final RuntimeException ex)
        {
            // The library answers some hostile texts (a tag that ends in a space) with whatever exception comes up.
            problems.error(1, 1, "YAML: " + oneLine(ex.toString()));
        }
        return null;
    }

    /** The composer recurses, so that depth has to be limited before it sees the text. */
    private static boolean isTooDeep(final LoadSettings settings, final String text, final Problems problems)
    {
        int depth = 0;
        for (final Event event : new Parse(settings).parseString(text))
        {
            switch (event.getEventId())
            {
                case MappingStart, SequenceStart -> depth++;
                case MappingEnd, SequenceEnd -> depth--;
                default ->
                {
                }
            }
            if (depth > MAX_DEPTH)
            {
                final Mark mark = event.getStartMark().orElseThrow();
                problems.error(mark.getLine() + 1, mark.getColumn() + 1,
                    "nesting depth=" + depth + " > MAX_DEPTH=" + MAX_DEPTH);
                return true;
            }
        }
        return false;
    }

    private static ConfigResult failed(final String name, final String message)
    {
        final Problems problems = new Problems(name);
        problems.error(1, 1, message);
        return new ConfigResult(null, problems.sorted());
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
