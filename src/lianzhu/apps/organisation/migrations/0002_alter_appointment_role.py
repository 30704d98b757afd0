"""The words of the roles in a body."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organisation", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="appointment",
            name="role",
            field=models.CharField(
                choices=[
                    ("secretary", "secretary"),
                    ("deputy", "deputy secretary"),
                    ("member", "ordinary member"),
                    ("lead", "team lead"),
                    ("officer", "handling officer"),
                    ("liaison", "liaison"),
                ],
                max_length=10,
            ),
        ),
    ]
