"""Comments: threads, naming colleagues, and following a record."""

import pytest
from django.test import Client
from django.utils import timezone

from rapport.accounts.models import User
from rapport.kernel.comments.models import Comment
from rapport.kernel.comments.store import add_comment, change_comment, delete_comment
from rapport.kernel.notifications.following import followers_of, unfollow
from rapport.kernel.notifications.models import Notification
from rapport.kernel.records import RuleError
from rapport.kernel.testing.make import make, make_user
from rapport.sales.models import Deal

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal(administrator: User) -> Deal:
    return make(Deal, owner=administrator, name="Night trains")


def told() -> list[tuple[str, str]]:
    rows = Notification.objects.order_by("at", "id").values_list("user__name", "kind")
    return [(str(name), kind) for name, kind in rows]


def test_who_is_named_is_told_once_and_the_owner_as_a_follower(
    administrator: User, member: User, deal: Deal
) -> None:
    vera = make_user("Vera Lind")
    make_user("Vera")  # not named by "@Vera Lind"
    comment = add_comment(deal, "@vera lind, can you call them?", by=member)
    assert told() == [("Vera Lind", "mention"), ("Ada Administrator", "comment")]
    change_comment(comment, "@Vera Lind, can you call them today?", by=member)
    assert len(told()) == 2
    assert followers_of(deal.pk) == [administrator, member, vera]
    unfollow(deal.pk, administrator)
    add_comment(deal, "Done.", by=vera, thread=comment)
    assert told()[2:] == [("Mara Member", "comment")]


def test_who_cannot_see_the_record_cannot_be_named(
    administrator: User, stranger: User, member: User, deal: Deal, client: Client
) -> None:
    with pytest.raises(RuleError, match="Sven Stranger cannot see this record"):
        add_comment(deal, "Ask @Sven Stranger", by=member)
    assert not Comment.objects.exists()
    client.force_login(member)
    offered = client.get(f"/deals/{deal.pk}/mentionable/?q=a").content.decode()
    assert ("Ada Administrator" in offered, "Sven" in offered) == (True, False)


def test_answers_stand_in_their_thread_and_keep_it_when_its_beginning_is_taken_away(
    administrator: User, member: User, deal: Deal, client: Client
) -> None:
    first = add_comment(deal, "Who knows them?", by=administrator)
    client.force_login(member)
    answer = client.post(f"/comments/{first.pk}/answer/", {"text": "I do, @Ada Administrator."})
    assert answer.status_code == 303
    delete_comment(first, by=administrator)
    page = client.get(deal.get_absolute_url()).content.decode()
    assert "Who knows them?" not in page
    assert 'I do, <b class="mention">@Ada Administrator</b>.' in page
    assert "This comment was taken away." in page
    delete_comment(Comment.objects.get(thread=first), by=member)
    late = client.post(f"/comments/{first.pk}/answer/", {"text": "Late"})
    assert late.status_code == 422 and "was taken away meanwhile" in late.content.decode()


def test_one_follows_a_record_with_a_click(member: User, deal: Deal, client: Client) -> None:
    client.force_login(member)
    client.post(f"/deals/{deal.pk}/follow/")
    assert member in followers_of(deal.pk)
    assert "Do not follow any more" in client.get(deal.get_absolute_url()).content.decode()
    client.post(f"/deals/{deal.pk}/follow/", {"off": "1"})
    assert member not in followers_of(deal.pk)


def test_what_waits_to_be_read_says_what_the_comment_says_now(
    administrator: User, member: User, deal: Deal
) -> None:
    comment = add_comment(deal, "The price is 900.", by=member)
    change_comment(comment, "The price is 950.", by=member)
    assert Notification.objects.get().text == "The price is 950."
    Notification.objects.update(read_at=timezone.now())
    change_comment(comment, "The price is 990.", by=member)
    assert Notification.objects.get().text == "The price is 950."


def test_whoever_took_a_comment_away_restores_it_where_its_answers_stand(
    administrator: User, member: User, deal: Deal
) -> None:
    first = add_comment(deal, "Who calls them?", by=member)
    add_comment(deal, "I do.", by=administrator, thread=first)
    delete_comment(first, by=member)
    hers, his = Client(), Client()
    hers.force_login(member)
    his.force_login(administrator)
    restore = f'action="/comments/{first.pk}/restore/"'
    assert restore not in his.get(deal.get_absolute_url()).content.decode()
    assert restore in hers.get(deal.get_absolute_url()).content.decode()
    hers.post(f"/comments/{first.pk}/restore/")
    assert "Who calls them?" in his.get(deal.get_absolute_url()).content.decode()


def test_who_cannot_sign_in_any_more_is_not_named_in_silence(
    administrator: User, stranger: User, member: User, deal: Deal
) -> None:
    vera = make_user("Vera Lind")
    comment = add_comment(deal, "@Vera Lind, can you call?", by=member)
    User.objects.filter(pk=vera.pk).update(is_active=False)
    with pytest.raises(RuleError, match="Vera Lind cannot sign in any more"):
        add_comment(deal, "And what about you, @Vera Lind?", by=member)
    change_comment(comment, "@Vera Lind, can you call them?", by=member)  # whom it named before stays
    assert comment.mentions == {str(vera.pk): "Vera Lind"}
    Comment.objects.filter(pk=comment.pk).update(mentions={str(stranger.pk): "Sven Stranger"})
    comment.refresh_from_db()
    change_comment(comment, "@Sven Stranger, can you call them?", by=member)
    again = make_user("Vera Lind")
    assert add_comment(deal, "@Vera Lind, and you?", by=member).mentions == {str(again.pk): "Vera Lind"}


def test_an_answer_to_what_was_taken_away_meanwhile_is_refused_with_a_sentence(
    administrator: User, stranger: User, member: User, deal: Deal, client: Client
) -> None:
    first = add_comment(deal, "Who knows them?", by=administrator)
    delete_comment(first, by=administrator)
    client.force_login(member)
    answer = client.post(f"/comments/{first.pk}/answer/", {"text": "I do."}, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "was taken away meanwhile" in page and "I do." in page
    assert Comment.objects.count() == 1 and "Who knows them?" not in page
    client.force_login(stranger)
    assert client.post(f"/comments/{first.pk}/answer/", {"text": "I do."}).status_code == 404


def test_who_stood_in_the_text_unnamed_stops_nobody_from_writing_it_anew(member: User, deal: Deal) -> None:
    for name in ("Vera Lind", "Otto Nord"):
        User.objects.filter(pk=make_user(name).pk).update(is_active=False)
    comment = add_comment(deal, "Call them.", by=member)
    comment.text = "@Vera Lind, call them."  # of an earlier version, which named her in silence
    comment.save(update_fields=["text"])
    change_comment(comment, "@vera lind, call them today.", by=member)
    assert comment.mentions == {}
    with pytest.raises(RuleError, match=r"^Otto Nord cannot sign in"):
        change_comment(comment, "@Vera Lind, @Otto Nord, call them today.", by=member)
