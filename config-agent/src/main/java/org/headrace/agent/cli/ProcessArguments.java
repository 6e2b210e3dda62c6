package org.headrace.agent.cli;

import org.headrace.agent.config.DataPlaneConfig;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Command lines of the processes that {@code headrace} starts. */
final class ProcessArguments
{
    /** Set for a child: the end of its standard input means that its supervisor is gone. */
    static final String SUPERVISED_PROPERTY = "headrace.supervised";
    static final String DATA_PLANE_CLASS_PATH_PROPERTY = "headrace.dataplane.classpath";
    static final String AGENT_CLASS_PATH_PROPERTY = "headrace.agent.classpath";
    /** Files with loaded classes and profiles, if there are any: see {@code scripts/lib/start-caches}. */
    static final String DATA_PLANE_CACHE_PROPERTY = "headrace.dataplane.cache";
    static final String AGENT_CACHE_PROPERTY = "headrace.agent.cache";

    private static final List<String> COMMON_FLAGS = List.of(
        "--add-exports", "java.base/jdk.internal.misc=ALL-UNNAMED",
        "--enable-native-access=ALL-UNNAMED",
        "-XX:-UsePerfData",
        "-D" + SUPERVISED_PROPERTY + "=true");

    /** What the store of session persistence, Chronicle Map, needs; and nobody is told about it. */
    private static final List<String> STORE_FLAGS = List.of(
        "--add-opens", "java.base/java.lang=ALL-UNNAMED",
        "--add-opens", "java.base/java.lang.reflect=ALL-UNNAMED",
        "--add-exports", "java.base/sun.nio.ch=ALL-UNNAMED",
        "--add-exports", "java.base/jdk.internal.ref=ALL-UNNAMED",
        "--add-exports", "jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-Dchronicle.analytics.disable=true",
        "-Dchronicle.announcer.disable=true");

    /** A large file keeps the agent busy for a second, its compilers too: meanwhile packets go first, on any CPU. */
    private static final List<String> BEHIND_PACKETS = List.of("nice", "-n", "10");

    private ProcessArguments()
    {
    }

    /**
     * @param config  section of the file.
     * @param standby whether the process waits for a directory that another one holds.
     */
    static List<String> dataPlane(final DataPlaneConfig config, final boolean standby)
    {
        final String classPath = System.getProperty(DATA_PLANE_CLASS_PATH_PROPERTY);
        if (classPath == null)
        {
            throw CommandException.startFailed("property " + DATA_PLANE_CLASS_PATH_PROPERTY +
                " is not set (expected: a start through the launcher script)");
        }
        final List<String> command = new ArrayList<>(List.of(java()));
        command.addAll(COMMON_FLAGS);
        command.addAll(List.of("-XX:+UseParallelGC", "-Xms256m", "-Xmx256m"));
        command.addAll(cacheOptions(DATA_PLANE_CACHE_PROPERTY));
        command.addAll(environmentOptions("HEADRACE_DATAPLANE_OPTS"));
        command.addAll(List.of("-cp", classPath, "org.headrace.forwarder.DataPlane"));
        command.addAll(dataPlaneKeys(config, standby));
        return command;
    }

    static List<String> agent(final Path configFile)
    {
        final String classPath =
            System.getProperty(AGENT_CLASS_PATH_PROPERTY, System.getProperty("java.class.path"));
        final List<String> command = new ArrayList<>(BEHIND_PACKETS);
        command.add(java());
        command.addAll(COMMON_FLAGS);
        command.addAll(STORE_FLAGS);
        // Compiled later than by default: most of it runs at the start only, when the data plane needs the processors.
        command.addAll(List.of("-XX:+UseSerialGC", "-Xmx1g", "-XX:CompileThresholdScaling=5"));
        command.addAll(cacheOptions(AGENT_CACHE_PROPERTY));
        command.addAll(environmentOptions("HEADRACE_AGENT_OPTS"));
        command.addAll(List.of(
            "-cp", classPath, HeadraceTool.class.getName(), "agent", "--config", configFile.toString()));
        return command;
    }

    static List<String> dataPlaneKeys(final DataPlaneConfig config, final boolean standby)
    {
        return List.of(
            "directory=" + config.directory(),
            // AF_XDP needs more of interfaces and peers than can be found out, so somebody has to ask for it.
            "io=" + ("auto".equals(config.io()) ? "io_uring" : config.io()),
            "interfaces=" + String.join(",", config.interfaces()),
            "workers=" + config.workers().stream().map(Object::toString).collect(Collectors.joining(",")),
            "idle=" + config.idle(),
            "standby=" + standby,
            "connections=" + config.connections(),
            "persistence-entries=" + config.persistenceEntries(),
            "busy-poll=" + config.busyPoll());
    }

    private static String java()
    {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** A cache that does not fit the jars, the options or the JVM is ignored, and nobody needs to hear of it. */
    private static List<String> cacheOptions(final String property)
    {
        final String file = System.getProperty(property);
        return file == null ? List.of() : List.of("-XX:AOTCache=" + file, "-Xlog:aot*=off", "-Xlog:cds*=off");
    }

    private static List<String> environmentOptions(final String name)
    {
        final String text = System.getenv(name);
        return text == null || text.isBlank() ? List.of() : Arrays.asList(text.strip().split("\\s+"));
    }
}
