package org.headrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.headrace.agent.config.ConfigReader;
import org.headrace.agent.config.ConfigSamples;
import org.headrace.agent.control.ControlService;
import org.headrace.agent.publish.FakeDataPlane;
import org.headrace.agent.publish.GenerationContent;
import org.headrace.protocol.codec.ResultCode;
import org.headrace.protocol.codec.ServerState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

@Timeout(60)
class ConfigAgentTest
{
    @TempDir
    private Path directory;
    private final List<String> events = new ArrayList<>();
    private Path file;
    private FakeHost host = new FakeHost();
    private FakeDataPlane dataPlane;
    private ConfigAgent agent;

    @BeforeEach
    void setUp() throws IOException
    {
        file = directory.resolve("headrace.yaml");
        write(ConfigSamples.WEB);
        dataPlane = new FakeDataPlane(directory, 0);
    }

    @AfterEach
    void tearDown()
    {
        stopAgent();
        dataPlane.close();
    }

    @Test
    void shouldPublishConfigurationHealthAndNetwork()
    {
        startReady();
        final GenerationContent content = dataPlane.content();
        assertThat(content.services()).hasSize(1);
        assertThat(content.services().getFirst().servers()).extracting(GenerationContent.Server::weight)
            .containsExactly(100, 50);
        assertThat(content.adjacencies()).hasSize(2);
        assertThat(content.localAddresses()).hasSize(1);
    }

    @Test
    void shouldHoldAServerDownUntilItsFirstSuccess()
    {
        host.upAtOnce(false);
        startAgent();
        Await.until("generation", () -> dataPlane.generation() > 0, this::cycle);
        assertThat(dataPlane.content().services().getFirst().servers()).extracting(GenerationContent.Server::state)
            .containsExactly(ServerState.DOWN, ServerState.DOWN);
        assertThat(events).isEmpty();
        host.reportAll(true);
        Await.until("ready", () -> events.contains("ready"), this::cycle);
        Await.until("states", () -> dataPlane.calls().contains("state tcp/10.99.0.1:80 10.2.1.2:8080 UP") &&
            dataPlane.calls().contains("state tcp/10.99.0.1:80 10.2.2.2:8080 UP"), this::cycle);
        host.reportAll(false);
        Await.until("down", () -> dataPlane.calls().contains("state tcp/10.99.0.1:80 10.2.1.2:8080 DOWN"), this::cycle);
    }

    @Test
    void shouldPublishUncheckedServersAsUnknown() throws IOException
    {
        write(ConfigSamples.WEB.replace("port: 80\n", "port: 80\n        health: {type: none}\n"));
        startReady();
        assertThat(dataPlane.content().services().getFirst().servers()).extracting(GenerationContent.Server::state)
            .containsExactly(ServerState.UNKNOWN, ServerState.UNKNOWN);
    }

    @Test
    void shouldReloadAValidFile() throws IOException
    {
        startReady();
        write(ConfigSamples.WEB.replace("weight: 50", "weight: 60"));
        final ReloadOutcome outcome = reload();
        assertThat(outcome.isOk()).isTrue();
        assertThat(outcome.changes()).containsExactly(
            "~ server 10.2.2.2:8080 of service tcp/10.99.0.1:80 (web/http) weight: 50 -> 60");
        assertThat(dataPlane.content().services().getFirst().servers().getLast().weight()).isEqualTo(60);
        assertThat(dataPlane.content().services().getFirst().servers()).extracting(GenerationContent.Server::state)
            .as("what was known of servers that stay is kept").containsExactly(ServerState.UP, ServerState.UP);
        assertThat(reload().text()).isEqualTo("nothing changed");
    }

    @Test
    void shouldKeepTheRunningConfigurationWhenTheFileIsInvalid() throws IOException
    {
        startReady();
        write(ConfigSamples.WEB.replace("weight: 50", "weight: 70000"));
        final ReloadOutcome outcome = reload();
        assertThat(outcome.isOk()).isFalse();
        assertThat(outcome.problems()).hasSize(1).first().asString().contains("weight=70000 > MAX_WEIGHT=65535");
        assertThat(dataPlane.generation()).isEqualTo(1);
    }

    @Test
    void shouldKeepTheRunningConfigurationWhenTheDataPlaneRefusesTheNewOne() throws IOException
    {
        startReady();
        write(ConfigSamples.WEB.replace("weight: 50", "weight: 60")
            .replace("address: 10.99.0.1", "address: 10.99.0.1\n    manage-address: true"));
        dataPlane.nextResult(ResultCode.LIMIT_EXCEEDED);
        final ReloadOutcome outcome = reload();
        assertThat(outcome.isOk()).isFalse();
        assertThat(outcome.text()).contains("LIMIT_EXCEEDED");
        assertThat(agent.state().config().services().getFirst().listener().servers().getLast().weight()).isEqualTo(50);
        Await.until("old state", () -> dataPlane.generation() == 3, this::cycle);
        assertThat(dataPlane.content().services().getFirst().servers().getLast().weight()).isEqualTo(50);
        assertThat(host.calls()).isEmpty();
    }

    @Test
    void shouldTellWhenTheFirstConfigurationIsRefused()
    {
        dataPlane.nextResult(ResultCode.LIMIT_EXCEEDED);
        startAgent();
        Await.until("failure", () -> events.contains(
            "failed data plane refused the configuration: LIMIT_EXCEEDED as told"), this::cycle);
    }

    @Test
    void shouldPutManagedAddressesOnAndTakeThemOff() throws IOException
    {
        write(ConfigSamples.WEB.replace("address: 10.99.0.1", "address: 10.99.0.1\n    manage-address: true"));
        startReady();
        assertThat(host.calls()).containsExactly("add 10.99.0.1 lo");
        write(ConfigSamples.WEB.replace("address: 10.99.0.1", "address: 10.99.0.2\n    manage-address: true"));
        reload();
        assertThat(host.calls()).containsExactly("add 10.99.0.1 lo", "remove 10.99.0.1 lo", "add 10.99.0.2 lo");
        stopAgent();
        assertThat(host.calls()).contains("remove 10.99.0.2 lo");
    }

    @Test
    void shouldLeaveAnAddressAloneThatWasThereBefore() throws IOException
    {
        write(ConfigSamples.WEB.replace("address: 10.99.0.1", "address: 10.0.0.1\n    manage-address: true"));
        startReady();
        stopAgent();
        assertThat(host.calls()).noneMatch(call -> call.startsWith("add") || call.startsWith("remove"));
    }

    @Test
    void shouldCleanUpAfterAnAgentThatWasKilled() throws IOException
    {
        write(ConfigSamples.WEB.replace("address: 10.99.0.1", "address: 10.99.0.1\n    manage-address: true"));
        startReady();
        killAgent();
        write(ConfigSamples.WEB);
        host = new FakeHost();
        startReady();
        assertThat(host.calls()).containsExactly("remove 10.99.0.1 lo");
    }

    @Test
    void shouldKeepAnOverrideUntilTheFileChangesThatWeight() throws IOException
    {
        startReady();
        assertThat(ask("{\"request\":\"weight\",\"service\":\"web/http\",\"server\":\"10.2.2.2:8080\",\"weight\":7}"))
            .contains("\"ok\":true").contains("\"weight\":7");
        assertThat(dataPlane.calls()).contains("weight tcp/10.99.0.1:80 10.2.2.2:8080 7");
        assertThat(ask("{\"request\":\"drain\",\"service\":\"tcp/10.99.0.1:80\",\"server\":\"10.2.1.2:8080\"}"))
            .contains("\"weight\":0");

        write(ConfigSamples.WEB.replace("port: 80\n", "port: 80\n        scheduler: lc\n"));
        assertThat(reload().isOk()).isTrue();
        assertThat(weights()).as("another part of the file changed").containsExactly(0, 7);

        killAgent();
        startReady();
        assertThat(weights()).as("a new agent").containsExactly(0, 7);
        assertThat(ask("{\"request\":\"undrain\",\"service\":\"web/http\",\"server\":\"10.2.1.2:8080\"}"))
            .contains("\"weight\":100");

        write(ConfigSamples.WEB.replace("weight: 50", "weight: 51"));
        reload();
        assertThat(weights()).as("this weight changed in the file").containsExactly(100, 51);
    }

    @Test
    void shouldTakeBackAnOverrideThatTheDataPlaneRefuses()
    {
        startReady();
        dataPlane.nextResult(ResultCode.UNKNOWN_SERVER);
        assertThat(ask("{\"request\":\"weight\",\"service\":\"web/http\",\"server\":\"10.2.2.2:8080\",\"weight\":7}"))
            .contains("UNKNOWN_SERVER");
        assertThat(agent.state().overrides()).isEmpty();
    }

    @Test
    void shouldAnswerHostileRequests()
    {
        startReady();
        for (final String line : List.of(
            "", "{", "[]", "null", "7", "\"x\"", "{\"request\":null}", "{\"request\":\"x\"}",
            "{\"requests\":\"status\"}", "{\"request\":\"weight\"}", "{\"request\":\"status\"} x",
            "{\"request\":\"weight\",\"service\":\"web/http\",\"server\":\"10.2.2.2:8080\",\"weight\":65536}",
            "{\"request\":\"weight\",\"service\":\"web/http\",\"server\":\"10.2.2.2:8080\",\"weight\":\"many\"}",
            "{\"request\":\"weight\",\"service\":\"no\",\"server\":\"10.2.2.2:8080\",\"weight\":1}",
            "{\"request\":\"drain\",\"service\":\"web/http\",\"server\":\"10.9.9.9:1\"}",
            "{\"request\":\"connections\",\"limit\":-1}", "[".repeat(20_000)))
        {
            assertThat(ask(line)).as(line).startsWith("{\"ok\":false,\"error\":").doesNotContain("\n");
        }
        assertThat(ask("{\"request\":\"drain\",\"service\":\"web/http\",\"server\":\"10.9.9.9:1\"}")).contains(
            "server=10.9.9.9:1 is not a server of service=tcp/10.99.0.1:80 (web/http); " +
            "it has 10.2.1.2:8080, 10.2.2.2:8080");
        assertThat(ask("{\"request\":\"connections\",\"limit\":5,\"filter\":{\"client\":\"10.1.0.9\"}}"))
            .contains("\"client\":\"10.1.0.9:1000\"").contains("\"nextCursor\":1");
        assertThat(ask("{\"request\":\"status\"}")).contains("\"ready\":true");
        assertThat(ask("{\"request\":\"health\"}")).contains("\"reason\":\"connected\"");
    }

    private List<Integer> weights()
    {
        return dataPlane.content().services().getFirst().servers().stream()
            .map(GenerationContent.Server::weight).toList();
    }

    private String ask(final String line)
    {
        final List<String> replies = new ArrayList<>();
        new ControlService(agent).onLine(line, replies::add);
        Await.until("reply to " + line, () -> !replies.isEmpty(), this::cycle);
        return replies.getFirst();
    }

    private ReloadOutcome reload()
    {
        final List<ReloadOutcome> outcomes = new ArrayList<>();
        agent.reload(outcomes::add);
        Await.until("reload", () -> !outcomes.isEmpty(), this::cycle);
        return outcomes.getFirst();
    }

    private void startReady()
    {
        startAgent();
        Await.until("ready", () -> events.contains("ready"), this::cycle);
        events.clear();
    }

    private void startAgent()
    {
        agent = new ConfigAgent(new AgentContext()
            .configFile(file)
            .config(ConfigReader.read(file).config())
            .directory(directory)
            .hostNetwork(host.network())
            .healthChecker(host.checker())
            .onReady(() -> events.add("ready"))
            .onStartFailed(reason -> events.add("failed " + reason))
            .conclude());
        agent.onStart();
    }

    private void stopAgent()
    {
        if (agent != null)
        {
            agent.onClose();
            agent.session().onClose();
            agent = null;
        }
    }

    /** The end of a process that could do nothing more. */
    private void killAgent()
    {
        agent.session().onClose();
        agent = null;
    }

    private void cycle()
    {
        agent.doWork();
        agent.session().doWork();
        dataPlane.doWork();
    }

    private void write(final String text) throws IOException
    {
        Files.writeString(file, text);
    }
}
