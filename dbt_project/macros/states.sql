{# Which measure reads which state of int_state_spans and int_reading_spans, and on which day: at the window's `end`,
   on the day `before` it, or `today` where the window still runs. A state that is not listed is read by nothing. #}
{% macro state_measures() %}
    {{ return([
        {'measure': 'subscribers', 'state': 'subscribed', 'read': 'end'},
        {'measure': 'subscribers_at_start', 'state': 'subscribed', 'read': 'before'},
        {'measure': 'subscribers_with_activity', 'state': 'subscribed_with_activity', 'read': 'end'},
        {'measure': 'active_subscribers', 'state': 'active_subscriber', 'read': 'end'},
        {'measure': 'loyalty_members', 'state': 'loyalty_member', 'read': 'end'},
        {'measure': 'customers_to_date', 'state': 'customer', 'read': 'end'},
        {'measure': 'customers_with_two_orders', 'state': 'customer_with_two_orders', 'read': 'end'},
        {'measure': 'followers', 'state': 'following', 'read': 'today'},
        {'measure': 'followers_at_start', 'state': 'following', 'read': 'before'},
        {'measure': 'domain_authority', 'state': 'scored', 'read': 'end'},
    ]) }}
{% endmacro %}


{# The same as rows of (measure, state). #}
{% macro measures_of_states() -%}
    {% for one in state_measures() -%}
    select '{{ one.measure }}' as measure, '{{ one.state }}' as state
    {%- if not loop.last %}
    union all
    {% endif -%}
    {% endfor %}
{%- endmacro %}
