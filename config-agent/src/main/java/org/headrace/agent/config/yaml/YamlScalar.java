package org.headrace.agent.config.yaml;

/**
 * A single value.
 *
 * @param line   from 1.
 * @param column from 1.
 * @param text   as the file has it, without quotes and escapes.
 * @param tag    {@link #TEXT}, {@link #NOTHING}, or the name of a tag that does not belong to YAML's core.
 */
public record YamlScalar(int line, int column, String text, String tag) implements YamlNode
{
    /** The tag of text, numbers and truth values: what is expected decides how they are read. */
    public static final String TEXT = "";
    /** The tag of a value that is left out, or is {@code null}. */
    public static final String NOTHING = "null";

    /** @return true if the value is left out, or is {@code null}. */
    public boolean isNothing()
    {
        return tag.equals(NOTHING);
    }

    /** @return true if the value has a tag that does not belong to YAML's core. */
    public boolean isForeign()
    {
        return !tag.equals(TEXT) && !tag.equals(NOTHING);
    }
}
