package org.headrace.perf.system;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A system test: it runs real programs in network namespaces, and is skipped, saying why, where that cannot be done.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(NeedsLab.Condition.class)
public @interface NeedsLab
{
    /** Whether the laboratory can be laid here. */
    final class Condition implements ExecutionCondition
    {
        private static final List<String> PROGRAMS =
            List.of("ip", "nsenter", "setsid", "nft", "nginx", "wrk", "iperf3", "curl", "dig", "ethtool", "ping");

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(final ExtensionContext context)
        {
            if (!"root".equals(System.getProperty("user.name")))
            {
                return disabled("not root: network namespaces and packet sockets need it");
            }
            final List<String> missing = PROGRAMS.stream().filter(program -> !isInstalled(program)).toList();
            return missing.isEmpty() ? enabled("root, and all programs are here") :
                disabled("not installed: " + missing + "; scripts/test installs them");
        }

        private static boolean isInstalled(final String program)
        {
            return Stream.concat(Stream.of("/usr/sbin", "/sbin"), Stream.of(System.getenv("PATH").split(":")))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
        }
    }
}
