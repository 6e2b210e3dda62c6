package org.headrace.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConfigDiffTest
{
    private final HeadraceConfig web = ConfigSamples.config(ConfigSamples.WEB);

    @Test
    void shouldFindNoDifferenceInTheSameFile()
    {
        assertThat(ConfigDiff.between(web, ConfigSamples.config("# comment\n" + ConfigSamples.WEB))).isEmpty();
    }

    @Test
    void shouldShowServersAddedRemovedAndChanged()
    {
        final HeadraceConfig after = ConfigSamples.config(ConfigSamples.WEB
            .replace("{address: 10.2.1.2, port: 8080, weight: 100}", "{address: 10.2.3.2, port: 8080, weight: 7}")
            .replace("weight: 50", "weight: 60"));
        assertThat(ConfigDiff.between(web, after)).containsExactly(
            "+ server 10.2.3.2:8080 of service tcp/10.99.0.1:80 (web/http) weight 7",
            "~ server 10.2.2.2:8080 of service tcp/10.99.0.1:80 (web/http) weight: 50 -> 60",
            "- server 10.2.1.2:8080 of service tcp/10.99.0.1:80 (web/http)");
    }

    @Test
    void shouldShowServicesAddedRemovedAndChanged()
    {
        final HeadraceConfig after = ConfigSamples.config(ConfigSamples.WEB
            .replace("address: 10.99.0.1", "address: 10.99.0.2\n    manage-address: true"));
        assertThat(ConfigDiff.between(web, after)).containsExactly(
            "+ managed address 10.99.0.2",
            "- service tcp/10.99.0.1:80 (web/http) with 2 servers",
            "+ service tcp/10.99.0.2:80 (web/http) with 2 servers");
        final HeadraceConfig changed = ConfigSamples.config(ConfigSamples.WEB
            .replace("port: 80\n", "port: 80\n        scheduler: lc\n        timeouts: {established: 90s}\n")
            .replace("[eth1, eth2]", "[eth1]"));
        assertThat(ConfigDiff.between(web, changed)).hasSize(3).contains(
            "~ service tcp/10.99.0.1:80 (web/http) scheduler: wrr -> lc",
            "~ service tcp/10.99.0.1:80 (web/http) timeouts.established: default -> 90s")
            .anyMatch(line -> line.startsWith("~ dataplane (takes effect at the next start): "));
    }
}
