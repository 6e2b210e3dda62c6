package org.headrace.perf.peers;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.perf.report.Sample;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

class ReportTest
{
    private static final String REASON = "not installed: <b>haproxy</b>";

    private final Results results = new Results();

    @Test
    void shouldShowAllTargetsAndWhatTheMachineWas()
    {
        final String page = page();

        IntStream.rangeClosed(1, 14).forEach(number -> assertThat(page).contains("<td>P" + number + "</td>"));
        assertThat(page).contains("A &lt;fast&gt; machine", "scripts/bench --quick", "0.10 0.20 0.30", "wrk 4.1.0");
    }

    @Test
    void shouldShowWhoIsMissingAndWhy()
    {
        results.add(Figure.BULK, "nftables", Sample.of(10));

        assertThat(page()).contains("missing: not installed: &lt;b&gt;haproxy&lt;/b&gt;").doesNotContain("<b>haproxy");
        assertThat(json().path("peers").toString()).contains("\"name\":\"haproxy\"", "<b>haproxy</b>");
    }

    @Test
    void shouldShowWhatFailed()
    {
        results.fail(plan().disciplines().getFirst(), KernelPeer.direct(), "exit code 1 & more");

        assertThat(page()).contains("streams: direct (routed)", "exit code 1 &amp; more");
        assertThat(json().path("failures").size()).isEqualTo(1);
    }

    @Test
    void shouldShowConfigurations()
    {
        assertThat(page()).contains("nft &lt;rules&gt;");
    }

    @Test
    void shouldCompareWithNftables()
    {
        results.add(Figure.BULK, "nftables", Sample.of(10));
        results.add(Figure.BULK, "io_uring", Sample.of(9));

        assertThat(page()).contains("<td class=\"number\">9.00</td><td class=\"number\">9.00 – 9.00</td>" +
            "<td class=\"number\">1</td><td class=\"number\">0</td><td></td><td class=\"number\">0.90</td>");
    }

    @Test
    void shouldMarkWhatWasDisturbed()
    {
        results.add(Figure.BULK, "nftables", new Sample(10, true, List.of("others used 40% of a CPU")));

        assertThat(page()).contains("1 of 1 values were measured while something else used the machine", "10.00 *",
            "others used 40% of a CPU");
        final JsonNode figure = json().path("figures").get(0);
        assertThat(figure.path("disturbed").asInt()).isEqualTo(1);
        assertThat(figure.path("samples").get(0).path("isDisturbed").asBoolean()).isTrue();
    }

    @Test
    void shouldNeedNothingFromElsewhere()
    {
        results.add(Figure.BULK, "nftables", Sample.of(10));

        assertThat(page()).contains("<svg ").doesNotContain("<link", "<script", "src=");
    }

    private PeersPlan plan()
    {
        return PeersPlan.of(Pace.quick(1), PeersPlan.allPeers(), Set.of("P6"));
    }

    private List<Goal> goals()
    {
        return Targets.of(results, Map.of("haproxy", REASON), new OtherReports(List.of(Path.of("nowhere"))));
    }

    private String page()
    {
        return ReportPage.of(results, run(), goals(), Plots.of(results, run(), goals()));
    }

    private JsonNode json()
    {
        return new JsonMapper().readTree(ReportJson.of(results, run(), goals()));
    }

    private Run run()
    {
        return new Run("scripts/bench --quick", "2026-01-02T03:04:05Z", 61, true, Pace.quick(1),
            List.of("machine: A <fast> machine", "kernel: Linux 6.18"), Map.of("wrk", "4.1.0"),
            List.of("0.10", "0.20", "0.30"), PeersPlan.allPeers(),
            Map.of("nftables", "nft 1.0.6"), Map.of("haproxy", REASON), Map.of("nftables", "nft <rules>"),
            plan().disciplines());
    }
}
