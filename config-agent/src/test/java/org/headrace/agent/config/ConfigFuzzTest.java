package org.headrace.agent.config;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Test;

import java.util.Random;

/** Whatever the file holds, the reader gives a model or problems, and throws nothing. */
class ConfigFuzzTest
{
    private static final int ROUNDS = 4_000;
    private static final String[] PIECES = {
        "- ", "{", "}", "[", "]", ": ", ", ", "&a ", "*a", "!x ", "|\n", "\"", "'", "#", "\t", "\n", "--- ", "? ",
        "<<: ", "port",
        "servers", "health", "-1", "99999999999999999999", "0x1F", "10s", "~", "null", "\u0000", "\uFEFF", "%"};

    @FuzzTest
    void shouldSurviveAnyFile(final byte[] bytes)
    {
        read(bytes);
    }

    @Test
    void shouldSurviveMutatedFiles()
    {
        final long seed = Long.getLong("headrace.test.seed", System.nanoTime());
        final Random random = new Random(seed);
        for (int i = 0; i < ROUNDS; i++)
        {
            final byte[] bytes = mutate(ConfigSamples.WEB, random);
            try
            {
                read(bytes);
            }
            catch (final RuntimeException | AssertionError ex)
            {
                throw new AssertionError("headrace.test.seed=" + seed + " round=" + i + " file:\n" +
                    new String(bytes, ISO_8859_1), ex);
            }
        }
    }

    private static void read(final byte[] bytes)
    {
        final ConfigResult result = ConfigReader.read("fuzz.yaml", bytes);
        assertThat(result.isValid() || !result.problems().isEmpty()).isTrue();
        assertThat(result.problems()).allSatisfy(problem ->
        {
            assertThat(problem.line()).isPositive();
            assertThat(problem.column()).isPositive();
            assertThat(problem.toString()).doesNotContain("\n");
        });
        if (result.isValid())
        {
            assertThat(result.config().services()).doesNotContainNull();
        }
    }

    private static byte[] mutate(final String text, final Random random)
    {
        final StringBuilder mutated = new StringBuilder(text);
        for (int i = random.nextInt(6); i >= 0; i--)
        {
            final int start = random.nextInt(mutated.length());
            switch (random.nextInt(4))
            {
                case 0 -> mutated.insert(start, PIECES[random.nextInt(PIECES.length)]);
                case 1 -> mutated.delete(start, Math.min(mutated.length(), start + 1 + random.nextInt(12)));
                case 2 -> mutated.insert(start, mutated.substring(start, Math.min(mutated.length(), start + 40)));
                default -> mutated.setCharAt(start, (char)random.nextInt(256));
            }
            if (mutated.isEmpty())
            {
                mutated.append(' ');
            }
        }
        return mutated.toString().getBytes(random.nextInt(20) == 0 ? ISO_8859_1 : UTF_8);
    }
}
