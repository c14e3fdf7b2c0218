package com.tiktokrec.common.model.quota;

import static org.assertj.core.api.Assertions.assertThat;

import com.tiktokrec.common.model.quota.Budget.Verdict;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BudgetTest {

    @Test
    void reservesTheMostThatACallCanCostAndKeepsTheRest() {
        Budget budget = new Budget(OptionalDouble.of(1.0));

        assertThat(budget.reserve(0.6)).isEqualTo(Verdict.GRANTED);
        assertThat(budget.reserve(0.6)).as("the first may cost less").isEqualTo(Verdict.LATER);
        budget.settle(0.6, 0.3);
        assertThat(budget.reserve(0.6)).isEqualTo(Verdict.GRANTED);
        budget.settle(0.6, 0.6);
        assertThat(budget.reserve(0.2)).as("nothing is under way").isEqualTo(Verdict.SPENT);
        assertThat(budget.reserve(0.1)).as("to the last cent").isEqualTo(Verdict.GRANTED);
    }

    @Test
    void withoutALimitEverythingGoes() {
        Budget budget = new Budget(OptionalDouble.empty());

        assertThat(budget.limited()).isFalse();
        assertThat(budget.reserve(1e6)).isEqualTo(Verdict.GRANTED);
    }

    @Test
    void aBudgetOfNothingBuysNothingButWhatIsFree() {
        Budget budget = new Budget(OptionalDouble.of(0));

        assertThat(budget.reserve(0.000001)).isEqualTo(Verdict.SPENT);
        assertThat(budget.reserve(0)).isEqualTo(Verdict.GRANTED);
    }

    @Test
    void whatIsFreeGoesAlsoWhereMoreWasPaidThanThereIs() {
        Budget budget = new Budget(OptionalDouble.of(5));
        budget.settle(0, 8);

        assertThat(budget.reserve(0)).isEqualTo(Verdict.GRANTED);
        assertThat(budget.reserve(0.000001)).isEqualTo(Verdict.SPENT);
    }

    @Test
    void whatIsSpentNeverExceedsTheLimit() {
        Random random = new Random(1);
        Budget budget = new Budget(OptionalDouble.of(2));
        double spent = 0;
        for (int call = 0; call < 10_000; call++) {
            double most = random.nextDouble() / 100;
            if (budget.reserve(most) == Verdict.GRANTED) {
                double paid = most * random.nextDouble();
                budget.settle(most, paid);
                spent += paid;
            }
        }
        assertThat(spent).isBetween(1.98, 2.0);
    }
}
