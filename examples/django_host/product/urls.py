"""Which address is answered by which view."""

from django.urls import path

from product import views

urlpatterns = [
    path("sign-in", views.sign_in),
    path("answers", views.take_answer),
    path("inbox", views.inbox),
    path("issues/<issue_id>", views.issue),
    path("issues/<issue_id>/note", views.note),
    path("issues/<issue_id>/status", views.status),
    path("issues/<issue_id>/assign", views.assign),
    path("issues/<issue_id>/follow", views.follow),
    path("responses/<response_id>/flag", views.flag),
]
