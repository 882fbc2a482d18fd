"""The product's tests, as Django runs them: each is rolled back, with what resolutionkit did in it."""

from django.test import TestCase

from product.management.commands.seed import seed
from product.models import Answer, Staff


class RecoveryTests(TestCase):
    """An unhappy answer, from the customer to the end of the note log."""

    @classmethod
    def setUpTestData(cls) -> None:
        """Make the people."""
        seed("secret")

    def answer(self, visit: str, score: int, status: int = 201) -> None:
        """Let a customer answer."""
        sent = {"visit": visit, "team": "SERVICE", "score": score}
        answered = self.client.post("/answers", sent, "application/json")
        assert answered.status_code == status

    def sign_in(self, person: str) -> None:
        """Sign somebody in, without the password."""
        self.client.force_login(Staff.objects.get(id=person))

    # begin showing a test
    def test_an_unhappy_answer_is_worked(self) -> None:
        self.answer("v-1", 3)
        self.sign_in("priya")
        (line,) = self.client.get("/inbox").json()["items"]
        path = f"/issues/{line['id']}/note"
        done = self.client.post(path, {"note": "Rang."}, "application/json")
        assert done.json()["issue"]["notes"][0]["author"] == "Priya Raman"

    # end showing a test

    def test_nothing_is_left_of_another_test(self) -> None:
        """Django rolled back what the other tests did."""
        self.sign_in("helena")
        assert self.client.get("/inbox").json()["items"] == []

    def test_a_visit_that_was_answered_opens_no_issue(self) -> None:
        """The host's row breaks its constraint, and the issue goes with it."""
        self.answer("v-1", 9)
        self.answer("v-1", 3, status=409)
        self.sign_in("helena")
        assert self.client.get("/inbox").json()["counts"]["open"] == 0
        assert Answer.objects.get().score == 9

    def test_another_team_s_issue_is_not_found(self) -> None:
        """Nathan leads another team."""
        self.answer("v-1", 3)
        self.sign_in("priya")
        (line,) = self.client.get("/inbox").json()["items"]
        self.sign_in("nathan")
        assert self.client.get(f"/issues/{line['id']}").status_code == 404
