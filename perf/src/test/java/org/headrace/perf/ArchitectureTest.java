package org.headrace.perf;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/**
 * The walls between modules and packages, as the architecture draws them.
 */
class ArchitectureTest
{
    private static final String CONNTRACK = "org.headrace.conntrack..";
    private static final String PROTOCOL = "org.headrace.protocol..";
    private static final String FORWARDER = "org.headrace.forwarder..";
    private static final String AGENT = "org.headrace.agent..";
    private static final String PERF = "org.headrace.perf..";

    private static final JavaClasses PRODUCT = new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("org.headrace");

    @Test
    void shouldFindTheProductsClasses()
    {
        assertThat(PRODUCT.size()).isGreaterThan(20);
    }

    @Test
    void conntrackIsALeaf()
    {
        classes().that().resideInAPackage(CONNTRACK)
            .should().onlyDependOnClassesThat().resideInAnyPackage(CONNTRACK, "org.agrona..", "java..", "jdk..")
            .allowEmptyShould(true).check(PRODUCT);
    }

    @Test
    void conntrackHasNoClockThreadOrInputAndOutput()
    {
        noClasses().that().resideInAPackage(CONNTRACK)
            .should().callMethod(System.class, "nanoTime").orShould().callMethod(System.class, "currentTimeMillis")
            .orShould().dependOnClassesThat().areAssignableTo(Thread.class)
            .orShould().dependOnClassesThat().resideInAnyPackage("java.net..", "java.util.logging..", "org.slf4j..")
            .allowEmptyShould(true).check(PRODUCT);
    }

    @Test
    void protocolKnowsNoProcess()
    {
        noClasses().that().resideInAPackage(PROTOCOL)
            .should().dependOnClassesThat().resideInAnyPackage(CONNTRACK, FORWARDER, AGENT, PERF)
            .allowEmptyShould(true).check(PRODUCT);
    }

    @Test
    void forwarderKnowsNoNettyNoYamlNoJsonNoCommandLineNoAgent()
    {
        noClasses().that().resideInAPackage(FORWARDER)
            .should().dependOnClassesThat().resideInAnyPackage(
                AGENT, PERF, "io.netty..", "org.snakeyaml..", "tools.jackson..", "com.fasterxml..", "picocli..",
                "java.net.http..", "com.sun.net.httpserver..")
            .allowEmptyShould(true).check(PRODUCT);
    }

    @Test
    void agentKnowsNoForwarderAndNoConnectionTable()
    {
        noClasses().that().resideInAPackage(AGENT)
            .should().dependOnClassesThat().resideInAnyPackage(FORWARDER, CONNTRACK, PERF)
            .allowEmptyShould(true).check(PRODUCT);
    }

    @Test
    void packagesOfEachModuleHaveNoCycles()
    {
        for (final String module : new String[]{"conntrack", "protocol", "forwarder", "agent", "perf"})
        {
            slices().matching("org.headrace." + module + ".(**)")
                .namingSlices("$1").should().beFreeOfCycles().allowEmptyShould(true).check(PRODUCT);
        }
    }

    @Test
    void nobodyUsesUnsafe()
    {
        final DescribedPredicate<JavaClass> unsafe = DescribedPredicate.describe(
            "Unsafe", type -> type.getName().endsWith("misc.Unsafe"));
        noClasses().should().dependOnClassesThat(unsafe).check(PRODUCT);
    }
}
