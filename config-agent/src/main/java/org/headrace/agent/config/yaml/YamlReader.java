package org.headrace.agent.config.yaml;

/** Reads a text with one document. */
public final class YamlReader
{
    /** Deepest nesting of lists and mappings. */
    public static final int MAX_DEPTH = 32;

    private YamlReader()
    {
    }

    /**
     * @param text of the document.
     * @return its root, or null if there is nothing but comments.
     * @throws YamlException if it cannot be read; nothing else is thrown, whatever the text holds.
     */
    public static YamlNode read(final String text) throws YamlException
    {
        final YamlNode root = PlainYaml.read(text);
        return root != null ? root : LibraryYaml.read(text);
    }
}
