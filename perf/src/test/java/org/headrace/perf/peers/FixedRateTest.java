package org.headrace.perf.peers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class FixedRateTest
{
    @Test
    void shouldReadTheReportOfTheLoadGenerator()
    {
        final FixedRate rate = FixedRate.parse("""
            {"version": 1, "failed": 2, "unanswered": 1,
             "latency": {"count": 1000, "p50Ns": 40500, "p99Ns": 90000, "p999Ns": 1200000, "maxNs": 1300000}}
            """);

        assertThat(rate).isEqualTo(new FixedRate(40.5, 90, 1_200, 1_300, 1_000, 3));
        final List<String> errors = new ArrayList<>();
        rate.addErrors(errors);
        assertThat(errors).containsExactly("3 of 1000 requests failed");
    }
}
