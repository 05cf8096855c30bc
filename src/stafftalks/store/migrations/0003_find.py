"""Finding: what is indexed of own and of released elements, and saved views."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from stafftalks.store.migrations._find_0003 import install, remove


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0002_holding_given'),
    ]

    operations = [
        migrations.CreateModel(
            name='Catalogued',
            fields=[
                ('name', models.CharField(max_length=52, primary_key=True, serialize=False)),
                ('mark', models.TextField(blank=True, default='')),
            ],
        ),
        migrations.CreateModel(
            name='OwnListed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('element', models.CharField(max_length=26, unique=True)),
                ('version', models.CharField(max_length=52)),
                ('kind', models.CharField(max_length=64)),
                ('title', models.TextField(blank=True, default='')),
                ('key', models.CharField(blank=True, default='', max_length=200)),
                ('contingency', models.TextField(blank=True, default='')),
                ('marking', models.TextField(blank=True, default='')),
                ('at', models.BigIntegerField()),
                ('archived', models.BooleanField(default=False)),
            ],
            options={
                'indexes': [models.Index(fields=['archived', '-at', 'element'], name='own_by_time'), models.Index(fields=['archived', 'kind', '-at', 'element'], name='own_by_kind'), models.Index(fields=['key'], name='own_by_key')],
            },
        ),
        migrations.CreateModel(
            name='OwnPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('element', models.CharField(max_length=26)),
                ('field', models.CharField(max_length=200)),
                ('to_party', models.CharField(max_length=8)),
                ('to_element', models.CharField(max_length=26)),
            ],
            options={
                'indexes': [models.Index(fields=['to_party', 'to_element', 'field'], name='own_point_to'), models.Index(fields=['element'], name='own_point_of')],
            },
        ),
        migrations.CreateModel(
            name='ReleasedListed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('accord', models.CharField(max_length=52)),
                ('party', models.CharField(max_length=8)),
                ('element', models.CharField(max_length=26)),
                ('version', models.CharField(max_length=52)),
                ('kind', models.CharField(max_length=64)),
                ('title', models.TextField(blank=True, default='')),
                ('key', models.CharField(blank=True, default='', max_length=200)),
                ('contingency', models.TextField(blank=True, default='')),
                ('marking', models.TextField(blank=True, default='')),
                ('realm', models.TextField(blank=True, default='')),
                ('at', models.BigIntegerField()),
                ('epoch', models.CharField(max_length=26)),
                ('n', models.BigIntegerField()),
                ('agreed', models.BooleanField(default=False)),
                ('shown', models.BooleanField(default=True)),
            ],
            options={
                'indexes': [models.Index(fields=['party', 'element', 'shown'], name='released_element'), models.Index(fields=['shown', '-at', 'element'], name='released_by_time'), models.Index(fields=['shown', 'kind', '-at', 'element'], name='released_by_kind'), models.Index(fields=['key'], name='released_by_key'), models.Index(fields=['epoch', 'n'], name='released_entry')],
                'constraints': [models.UniqueConstraint(fields=('accord', 'party', 'element'), name='released_once')],
            },
        ),
        migrations.CreateModel(
            name='ReleasedPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('accord', models.CharField(max_length=52)),
                ('party', models.CharField(max_length=8)),
                ('element', models.CharField(max_length=26)),
                ('field', models.CharField(max_length=200)),
                ('to_party', models.CharField(max_length=8)),
                ('to_element', models.CharField(max_length=26)),
            ],
            options={
                'indexes': [models.Index(fields=['to_party', 'to_element', 'field'], name='released_point_to'), models.Index(fields=['accord', 'party', 'element'], name='released_point_of')],
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('query', models.CharField(max_length=2000)),
                ('home', models.BooleanField(default=False)),
                ('at', models.BigIntegerField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('name', 'id'),
                'constraints': [models.UniqueConstraint(fields=('user', 'name'), name='view_name_once')],
            },
        ),
        migrations.RunPython(install, remove),
    ]
