package org.headrace.agent.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.agent.config.ConfigSamples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Random;

/** What the plain reader accepts, the library reads as the same tree, with the same places. */
class PlainYamlTest
{
    private static final int ROUNDS = 40_000;
    private static final String SAMPLE = """
        ---
        # A comment, and
        dataplane: {interfaces: [eth0, "eth1"], 'io': io_uring, address: fd00::1}   # another one
        empty:
        nothing: null
        name: two words # and
        instances:
        - name: a
          list:
          - x
          -
            deep: -1
          - - 1.5
            - "q#: , x"
          address: [10.0.0.1,
                    10.0.0.2/8 ,  # first
            fd00::/8
            ]
        - {}
        - port: "80"
        last: []
        """;
    private static final String[] PIECES = {
        "- ", "-", "{", "}", "[", "]", ": ", ":", ", ", ",", "&a ", "*a", "!x ", "|\n", ">", "\"", "'", "''", "\\",
        "# ", "#", "\t", "\n", "\n\n", " ", "  ", "\n    ", "\r\n", "--- ", "---\n", "...\n", "? ", "?", "<<: ", "@",
        "`", "%", "~", "null", "Null", "true", "0x1F", "1e3", ".inf", "=", "${A}", "\u00E9", "\u2028", "\uFEFF",
        "\uD83D\uDE00", "\u0085", "\u00A0", "key: value", "a:b", "\n- ", "\n  - ", "x: [", "}}", "!!null x",
        "!!str 1", "+1", ".", "..", "-x", ":x", "::"};

    @ParameterizedTest
    @ValueSource(strings = {
        "a: 1", "a: b # c\n", "a:\n  b\n", "a:\n- b\n- c\nd: e\n", "a:\n  - b: c\n    d: e\n  -\n  - f\n", "a:\n\nb:",
        "a: {b: {c: d}, e: [f, [g, {}]]}\n", "a: [\n  b,\n\n  c # d\n  ]\n", "\"a\": 'b'\n", "---\na: b\n",
        "# c\n\n---   # d\na: fd00::1\n", "a: -1\nb: :x\nc: .5\nd: +3\n", "a: b c  d   \n", "a: http://x/#y\n",
        "{a: b}",
        "a: null\nb: Null\nnull: c\n", "a: caf\u00e9\n", "  a: 1\n  b: 2\n"})
    void shouldReadWhatConfigurationsAreWrittenIn(final String text) throws YamlException
    {
        assertThat(PlainYaml.read(text)).isNotNull().isEqualTo(LibraryYaml.read(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "# a\n", "a", "- a\n", "[a]", "a: &b c\n", "a: *b\n", "a: !b c\n", "a: |\n  b\n", "a: b\n  c\n",
        "a: \"b\nc\"\n", "a: \"b\\n\"\n", "a: 'b''c'\n", "a: b: c\n", "a: - b\n", "a: [b\n  c]\n", "a: [b: c]\n",
        "a: {b}\n", "a: [b,]\n", "a:\tb\n", "a: b\r\n", "a: b\n---\nc: d\n", "a: b\n...\n", "%YAML 1.2\n---\na: b\n",
        "? a\n: b\n", "<<: {a: b}\n", "a: ${B}\n", "a: ~\n", "a: [b\nc: d\n", "  a: b\nc: d\n", "a: b\n  c: d\n",
        "a: @b\n", "a: b\u0085c\n", "a: \uD83D\uDE00\n", "a: {b: fd00::}\n"})
    void shouldLeaveTheRestToTheLibrary(final String text)
    {
        assertThat(PlainYaml.read(text)).isNull();
    }

    @Test
    void shouldLeaveDeepNestingToTheLibrary() throws YamlException
    {
        final String deepest = "a: " + "[".repeat(YamlReader.MAX_DEPTH - 1) + "]".repeat(YamlReader.MAX_DEPTH - 1);
        assertThat(PlainYaml.read(deepest)).isNotNull().isEqualTo(LibraryYaml.read(deepest));
        assertThat(PlainYaml.read("a: [" + deepest.substring(3) + "]")).isNull();
        assertThat(PlainYaml.read("a: " + "[".repeat(1_000_000))).isNull();
        assertThat(PlainYaml.read("- ".repeat(1_000_000))).isNull();
    }

    @Test
    void shouldReadNothingElseThanTheLibrary()
    {
        final long seed = Long.getLong("headrace.test.seed", System.nanoTime());
        final Random random = new Random(seed);
        int readCount = 0;
        for (int i = 0; i < ROUNDS; i++)
        {
            final String text = mutate(random.nextBoolean() ? SAMPLE : ConfigSamples.WEB, random);
            final YamlNode plain = PlainYaml.read(text);
            readCount += plain == null ? 0 : 1;
            if (plain != null && !plain.equals(byLibrary(text)))
            {
                throw new AssertionError("headrace.test.seed=" + seed + " round=" + i + "\n" + plain + "\n" +
                    byLibrary(text) + "\n" + text);
            }
        }
        assertThat(readCount).isBetween(ROUNDS / 10, ROUNDS * 9 / 10);
    }

    private static Object byLibrary(final String text)
    {
        try
        {
            return LibraryYaml.read(text);
        }
        catch (final YamlException ex)
        {
            return ex;
        }
    }

    private static String mutate(final String text, final Random random)
    {
        final StringBuilder mutated = new StringBuilder(text);
        for (int i = random.nextInt(4); i >= 0; i--)
        {
            final int start = random.nextInt(mutated.length());
            final int end = Math.min(mutated.length(), start + 1 + random.nextInt(12));
            switch (random.nextInt(5))
            {
                case 0, 1 -> mutated.insert(start, PIECES[random.nextInt(PIECES.length)]);
                case 2 -> mutated.delete(start, end);
                case 3 -> mutated.insert(random.nextInt(mutated.length()), mutated.substring(start, end));
                default -> mutated.setCharAt(start, (char)(' ' + random.nextInt('~' - ' ')));
            }
            mutated.append(mutated.isEmpty() ? " " : "");
        }
        return mutated.toString();
    }
}
