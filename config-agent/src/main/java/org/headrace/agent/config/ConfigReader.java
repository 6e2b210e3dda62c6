package org.headrace.agent.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.headrace.agent.config.yaml.YamlException;
import org.headrace.agent.config.yaml.YamlNode;
import org.headrace.agent.config.yaml.YamlReader;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads a configuration file. The bytes may come from anybody: size, depth and the number of problems are limited, and
 * whatever is wrong becomes a {@link Problem}, never an exception.
 */
public final class ConfigReader
{
    /** Longest file, in bytes. */
    public static final int MAX_FILE_LENGTH = 16 * 1024 * 1024;

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
        final YamlNode root = read(text, problems);
        final HeadraceConfig config = root == null ? null : new RootReader(problems).read(root);
        return new ConfigResult(problems.hasErrors() ? null : config, problems.sorted());
    }

    private static YamlNode read(final String text, final Problems problems)
    {
        try
        {
            final YamlNode root = YamlReader.read(text);
            if (root == null)
            {
                problems.error(1, 1, "is empty (expected dataplane and instances)");
            }
            return root;
        }
        catch (final YamlException ex)
        {
            problems.error(ex.line(), ex.column(), ex.getMessage());
            return null;
        }
    }

    private static ConfigResult failed(final String name, final String message)
    {
        final Problems problems = new Problems(name);
        problems.error(1, 1, message);
        return new ConfigResult(null, problems.sorted());
    }
}
