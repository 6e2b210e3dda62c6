package org.headrace.agent.health;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthStateTest
{
    /** Probes as letters, s for success and f for failure; what is reported behind each, U, D or - for nothing. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "comes up after its first success,                  sss,         U--",
        "is reported down once if it never was up,          fff,         D--",
        "comes up after its first success however late,     fffs,        D--U",
        "goes down after three failures in a row,           sfff,        U--D",
        "a success starts the count of failures anew,       sffsffsfff,  U--------D",
        "comes up again after two successes in a row,       sfffss,      U--D-U",
        "a failure starts the count of successes anew,      sfffsfsfss,  U--D-----U",
        "counts anew after each change,                     sfffssfff,   U--D-U--D"})
    void shouldRiseAndFall(final String description, final String probes, final String expected)
    {
        final HealthState state = new HealthState(2, 3);
        final StringBuilder reported = new StringBuilder();
        probes.chars().forEach(probe ->
            reported.append(!state.onResult(probe == 's') ? '-' : state.isUp() ? 'U' : 'D'));
        assertThat(reported).as(description).hasToString(expected);
    }
}
