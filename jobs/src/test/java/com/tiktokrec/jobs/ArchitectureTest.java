package com.tiktokrec.jobs;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Date;

/** The rules of the house that a machine can hold. */
@AnalyzeClasses(packages = "com.tiktokrec", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule COMMON_KNOWS_NO_JOBS = noClasses()
            .that()
            .resideInAPackage("com.tiktokrec.common..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.tiktokrec.jobs..");

    @ArchTest
    static final ArchRule CLIENTS_AND_CONFIGURATION_KNOW_NO_SPARK = noClasses()
            .that()
            .resideInAnyPackage(
                    "com.tiktokrec.common.model.client..",
                    "com.tiktokrec.common.tiktok..",
                    "com.tiktokrec.common.http..",
                    "com.tiktokrec.common.model.quota..",
                    "com.tiktokrec.common.config..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.spark..", "io.delta..");

    @ArchTest
    static final ArchRule ONLY_MAIN_EXITS = noClasses()
            .that()
            .doNotBelongToAnyOf(Main.class)
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class);

    @ArchTest
    static final ArchRule ONLY_THE_COMMAND_LINE_SPEAKS_TO_THE_CONSOLE = noClasses()
            .that()
            .resideOutsideOfPackage("com.tiktokrec.jobs.cli..")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethod(Throwable.class, "printStackTrace");

    @ArchTest
    static final ArchRule NAMES_SAY_WHAT_A_CLASS_IS = noClasses()
            .should()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Manager")
            .orShould()
            .haveSimpleNameEndingWith("Impl");

    @ArchTest
    static final ArchRule JOBS_ARE_FREE_OF_CYCLES =
            slices().matching("com.tiktokrec.jobs.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule COMMON_IS_FREE_OF_CYCLES =
            slices().matching("com.tiktokrec.common.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule TIME_COMES_FROM_A_CLOCK = noClasses()
            .that()
            .resideInAPackage("com.tiktokrec.jobs..")
            .should()
            .callMethodWhere(theTimeOfDayWithoutAClock())
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callConstructor(Date.class);

    private static DescribedPredicate<? super JavaMethodCall> theTimeOfDayWithoutAClock() {
        DescribedPredicate<JavaCall<?>> ofATime = target(owner(belongToAnyOf(
                Instant.class, LocalDate.class, LocalDateTime.class, OffsetDateTime.class, ZonedDateTime.class)));
        DescribedPredicate<JavaCall<?>> now = target(name("now"));
        DescribedPredicate<JavaCall<?>> withoutClock = DescribedPredicate.describe(
                "without a clock",
                call -> call.getTarget().getRawParameterTypes().stream()
                        .noneMatch(type -> type.isEquivalentTo(Clock.class)));
        return ofATime.and(now).and(withoutClock).as("the time of day is asked for without a clock");
    }
}
