"""What is asked of somebody signing in."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovPasswordInput, GovSubmitInput, GovTextInput
from wtforms import HiddenField, PasswordField, StringField, SubmitField
from wtforms.validators import InputRequired, Length


class SignInForm(FlaskForm):
    """E-mail address and password; `held` carries what was typed before the session ended."""

    email = StringField(
        "Email address",
        widget=GovTextInput(),
        filters=[lambda text: (text or "").strip().lower()],
        validators=[InputRequired("Enter your email address"), Length(max=254)],
    )
    password = PasswordField(
        "Password",
        widget=GovPasswordInput(),
        validators=[InputRequired("Enter your password"), Length(max=1000)],
    )
    next = HiddenField()
    held = HiddenField()
    submit = SubmitField("Sign in", widget=GovSubmitInput())
